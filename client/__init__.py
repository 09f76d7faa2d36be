"""The command-line client: a folder of images in, a folder of results out, over the public API."""
