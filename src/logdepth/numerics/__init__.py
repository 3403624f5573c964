"""Numerics: what number formats carry exactly, integer columns checked as they come in, and the errors users see."""
