"""The Open Inference Protocol v2: one data plane, its REST and gRPC adapters, converters apart."""
