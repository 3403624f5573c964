// From a disk a page may not read another one, so that the search shows titles without the words around what was found.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
