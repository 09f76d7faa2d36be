"""The same model, served by others: scripts that run in the peers' own environment.

They share no code with Darkroom; each is what that server's users would write.
"""
