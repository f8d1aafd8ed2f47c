# Writes headings whose ids are those of the formgrader's boxes for points and comments.
# aim: inject
# %% markdown
# # double
#
# # double-comment
#
# # words_extra_credit
