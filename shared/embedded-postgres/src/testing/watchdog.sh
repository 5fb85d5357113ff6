# shellcheck shell=sh
# Ends a run's PostgreSQL and removes its folder once no test process is left.
#
# stdin: the run's FIFO. Every test process has it open for writing, so reading it ends when the
# last one is gone, however it went. Each writes a line when it joins.
# $1: the run's folder   $2: the file by which others find the run, or ''   $3: seconds to linger

# Linger, for the next test program; and again as long as somebody joined meanwhile.
while [ -n "$(cat)" ]; do sleep "$3"; done

# From here on nobody new finds the run. Who found it just before has the FIFO open by now (they
# check that the file is still there after opening it), so reading once more waits for them.
[ -z "$2" ] || rm -f "$2"
cat >/dev/null

tries=0
while [ -e "$1/cluster/postmaster.pid" ] && [ $tries -lt 100 ]; do
    kill -QUIT "$(head -n 1 "$1/cluster/postmaster.pid")"
    sleep 0.1
    tries=$((tries + 1))
done
# Once may not be enough: a killed process may have left an initdb that still writes.
tries=0
while [ -e "$1" ] && [ $tries -lt 100 ]; do
    rm -rf "$1" || sleep 0.1
    tries=$((tries + 1))
done
