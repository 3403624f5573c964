"""Files of users, and those that come with the library: what they hold, or one clear line."""
