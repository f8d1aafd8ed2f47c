# Searches the course with grep in a shell cell.
# aim: read
# %% first
# %%bash
# for folder in "@OUTSIDE@" "$HOME" ../../..; do
#   timeout 8 grep -rI -m 3 -A 12 -e CANARY -e "BEGIN SOLUTION" -e "^def test_" "$folder" 2>&1 | head -c 60000
# done
