#!/usr/bin/env python3
"""Milliseconds from a key to its picture, in a terminal of 120 columns and 40 rows that
is read at once: the median and the longest of many. The picture stands (Space), so that
most of what is written follows from the key: another view. usage: key_to_screen.py COMMAND..."""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

KEYS = 60
VIEW_BYTES = 600  # another view is more than that, the clock that goes on is less
PATIENCE_S = 2


def read_for(fd, seconds):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            os.read(fd, 65536)


def until_drawn(fd, start):
    got = 0
    while got < VIEW_BYTES:
        if not select.select([fd], [], [], PATIENCE_S)[0]:
            sys.exit("no picture after a key")
        got += len(os.read(fd, 65536))
    return (time.monotonic() - start) * 1e3


pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
read_for(fd, 3)
os.write(fd, b" ")
read_for(fd, 0.5)
took = []
for i in range(KEYS):
    # Not in step with anything that goes by the clock.
    read_for(fd, 0.1 + 0.0371 * (i % 7))
    start = time.monotonic()
    os.write(fd, b"1" if i % 2 else b"2")
    took.append(until_drawn(fd, start))
os.write(fd, b"qy")
try:
    read_for(fd, 10)
except OSError:  # it has ended
    pass
os.waitpid(pid, 0)
took.sort()
print(f"{took[KEYS // 2]:.1f} {took[-1]:.1f}")
