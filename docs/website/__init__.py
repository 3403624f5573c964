"""The documentation site, made of the pages of docs/ and of what the library registers.

The pages stay plain Markdown that reads well where they are. Here is only what a site needs beside them.
"""
