"""Models that have been trained, by us or by others: read, asked, and run as an MPC protocol."""
