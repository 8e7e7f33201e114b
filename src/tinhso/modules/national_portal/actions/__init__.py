"""All that changes on the link: what waits to go out, what came in, and how the two sides compare."""
