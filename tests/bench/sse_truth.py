"""How far a reader's token times are from the sender's own stamps.
usage: sse_truth.py SENDER-LOG READER-LOG|RUN.brunt
Prints the p99 of |error| of TTFT and of each ITL, microseconds."""
import sqlite3
import sys


def of_log(path):
    for line in open(path):
        name, first, *rest = line.split()
        yield name, int(first), [int(x) for x in rest]


def code(blob):
    """The whole numbers in a text of gaps, as brunt-run(5) has them."""
    at = 0
    while at < len(blob):
        b, at = blob[at], at + 1
        if b < 64:
            yield b
        elif b < 248:
            yield 64 + (b - 64) * 256 + blob[at]
            at += 1
        elif b < 255:
            yield 47168 + (b - 248) * 65536 + blob[at] * 256 + blob[at + 1]
            at += 2
        else:
            value, shift, more = 0, 0, 128
            while more:
                more = blob[at] & 128
                value |= (blob[at] & 127) << shift
                shift, at = shift + 7, at + 1
            yield 505920 + value


def decode(blob):
    """The run file's gaps: zigzag differences to a mean that follows."""
    mean = None
    for value in code(blob or b""):
        gap = ((value >> 1) ^ -(value & 1)) + (mean or 0)
        mean = gap if mean is None else mean + int((gap - mean) / 4)
        yield gap


def of_run(path):
    db = sqlite3.connect(path)
    run_id = int(db.execute("SELECT value FROM run WHERE key = 'run_id'").fetchone()[0])
    for seq, queue, ttft, gaps in db.execute("SELECT seq, queue_us, ttft_us, gaps FROM samples"):
        times = [ttft - queue]
        for gap in decode(gaps):
            times.append(times[-1] + gap)
        yield f"{run_id:08x}-{seq:08x}", 0, times


def p99(values):
    values.sort()
    return values[-(-99 * len(values) // 100) - 1]


sent = {name: (received, times) for name, received, times in of_log(sys.argv[1])}
read = of_run(sys.argv[2]) if sys.argv[2].endswith(".brunt") else of_log(sys.argv[2])
ttft, itl = [], []
for name, asked, times in read:
    received, stamps = sent[name]
    ttft.append(abs((times[0] - asked) - (stamps[0] - received)))
    for i in range(1, len(stamps)):
        itl.append(abs((times[i] - times[i - 1]) - (stamps[i] - stamps[i - 1])))
print(p99(ttft), p99(itl))
