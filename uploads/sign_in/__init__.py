"""Who somebody is: names, passwords, tokens, and how guessing is slowed."""
