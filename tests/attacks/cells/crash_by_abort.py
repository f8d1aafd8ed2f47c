# Aborts the process, with a core file if there may be one.
# aim: flood
# %% double_answer
import os
import resource


def double(x):
    try:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    finally:
        os.abort()
