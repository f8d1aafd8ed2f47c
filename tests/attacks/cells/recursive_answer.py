# Returns a list and a dictionary that contain themselves.
# aim: flood
# %% double_answer
def double(x):
    answer = [x]
    answer.append({"again": answer})
    return answer
