"""A model file at work in ONNX Runtime."""

from threading import Lock

import onnxruntime

LOADING = Lock()
"""Held while a bundled model is loaded: two threads at once would each load their own."""
SILENT = 4
"""Log nothing but what ends the process: a damaged file is reported by the exception, once."""


def session_of(content: bytes, threads: int = 0, keep_memory: bool = True) -> onnxruntime.InferenceSession:
    """Run a model on the processor.

    Threads sleep while they have nothing to do. By default they turn in a loop, which is quicker for one network by
    itself; the reader asks three in turn, and its own steps between them lost half of each core to those loops.

    Args:
        content: The bytes of an ONNX file.
        threads: How many cores it may use; 0 for all.
        keep_memory: Whether what a call needed is kept for the next one: a third faster for many images at once, but
            what one large picture needed would be kept for good.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = keep_memory
    options.log_severity_level = SILENT
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
