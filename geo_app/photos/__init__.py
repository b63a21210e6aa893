"""Photos (照片) of what people report: the picture and nothing a phone wrote beside it."""
