"""A visitor's own torch.nn.Module made ready: copied, tried, and made to give logits."""
