"""The engine: plain Python that runs image models in child processes and batches work for them.

Theory of operation
-------------------
Two processes, one package. What is in `child/` runs in a model's process; what is beside it runs
in the worker; `config`, `errors`, `messages`, `to_child`, `model`, `types`, `wire` and `datatypes`
are read by both.

Parent. `Engine` has a `ServedModel` for each folder of the repository, and that a
`VersionScheduler` for each version. A job waits there as a `PendingJob` until the `Batcher` says
that a batch goes out; a free `Instance` takes it. The instance owns one `ChildProcess`: it starts
it, sends it batches over a socket pair (`wire`: msgpack with its length in front), and ends it
when it crashes, hangs, outgrows its memory or lies idle. `RunningBatch` turns what the child says
into outcomes, and trusts none of it: a message that does not fit is the end of that child
(`messages`).

Child. `child.main` gives up what a model need not reach (`confinement`), loads one version, then
loops: receive a batch, decode each file, compute, encode, write result files, answer for each
job. A job that raises fails alone. It notes what it is about to do (`phase_record`), so that after
a crash or a time-out the parent knows which jobs may be the cause; the others are given back and
run again.

A load makes new schedulers beside the old ones and swaps them when they are warm; the old ones
finish what they hold. So a reload refuses nothing.
"""
