"""Documents: what people hand over, read as text with places; what they are handed back, written as files."""
