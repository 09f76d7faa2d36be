"""What makes the weights of the networks that this project trains itself. Needs PyTorch."""
