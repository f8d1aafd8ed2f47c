# Ignores all signals that can be ignored, and loops.
# aim: flood
# %% double_answer
import signal


def double(x):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
