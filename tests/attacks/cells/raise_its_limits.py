# Raises the limits on its own memory, processes, files and time.
# aim: harm
# %% first
import resource

for name in ("RLIMIT_DATA", "RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU"):
    limit = getattr(resource, name)
    before = resource.getrlimit(limit)
    for wanted in (before[1], 2**20 if name == "RLIMIT_NOFILE" else resource.RLIM_INFINITY):
        try:
            resource.setrlimit(limit, (wanted, wanted))
        except (OSError, ValueError) as error:
            print(name, error)
    after = resource.getrlimit(limit)
    print(name, before, "raised to" if before != after else "still", after)
