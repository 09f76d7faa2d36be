"""The queue's protocol as a small model, explored whole.

`state` is what there is, `protocol`, `succession` and `delivery` are what can happen to it,
`invariants` are what must hold, `exploration` walks every order of events, and `variants` break one
rule each, so that the walk is known to see.
"""
