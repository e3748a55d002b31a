"""Trained models in use: one ONNX file each, run by ONNX Runtime."""
