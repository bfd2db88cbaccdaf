"""The networks that come with the app as graphs that a visitor's browser computes (ONNX), and their weights beside."""
