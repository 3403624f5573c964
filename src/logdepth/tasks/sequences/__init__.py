"""Tasks whose instance is a sequence: of letters, of numbers, of links."""
