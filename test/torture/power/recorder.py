"""A disk in memory that keeps a log of all writes and flushes: nbdkit python recorder.py log=FILE size=BYTES"""

import builtins
import struct

API_VERSION = 2
settings = {}


def config(key, value):
    settings[key] = value


def open(readonly):
    log = builtins.open(settings["log"], "wb", buffering=0)
    return {"disk": bytearray(int(settings["size"])), "log": log}


def get_size(handle):
    return len(handle["disk"])


def can_flush(handle):
    return True


def pread(handle, buffer, offset, flags):
    buffer[:] = handle["disk"][offset : offset + len(buffer)]


def pwrite(handle, buffer, offset, flags):
    handle["disk"][offset : offset + len(buffer)] = buffer
    handle["log"].write(struct.pack("<cQI", b"W", offset, len(buffer)) + bytes(buffer))


def flush(handle, flags):
    handle["log"].write(struct.pack("<cQI", b"F", 0, 0))
