"""Image files by their bytes: format, size, orientation, and where the picture lies.

Plain Python that decodes no pixel. The web judges uploads by it and a model's process decodes by
it, so that both mean the same file by the same words.
"""
