#!/usr/bin/env bash
# Gives the tests a PostgreSQL and a MariaDB server.
#
#   eval "$(scripts/test-servers.sh start)"   uses what runs on the usual ports, and starts what does not
#   scripts/test-servers.sh stop              stops what `start` started, and removes its data
#
# `start --install` first installs a server that is missing (root on Debian). What is started here listens on a free
# port of 127.0.0.1, belongs to the tests alone and keeps its data in $MINDMESH_TEST_SERVERS_DIR; a server of the
# machine is used, never changed. Standard output is for `eval`; everything else goes to standard error.
set -euo pipefail

folder=${MINDMESH_TEST_SERVERS_DIR:-/var/tmp/mindmesh-test-servers-$(id -un)}
may_install=no
here=$(cd "$(dirname "$0")" && pwd)
# The servers' users may not enter the folder that this was called from.
cd /

say() { echo "test-servers: $*" >&2; }
fail() { say "$*"; exit 1; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
random() { node -p 'require("node:crypto").randomBytes(18).toString("base64url")'; }
free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => {
    console.log(s.address().port)
    s.close()
  })'
}

# Whom a server runs as: neither of the two runs as root.
server_user() {
  if [ "$(id -u)" != 0 ]; then id -un
  elif id "$1" >/dev/null 2>&1; then echo "$1"
  else echo nobody
  fi
}
# as USER COMMAND...
as() {
  local user=$1
  shift
  if [ "$(id -u)" != 0 ]; then "$@"
  else setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
  fi
}
# A new folder that only the server's user can read.
new_home() {
  rm -rf "$1"
  mkdir -m 700 "$1"
  [ "$(id -u)" != 0 ] || chown "$2" "$1"
}
own_folder() {
  mkdir -p "$folder"
  if [ ! -O "$folder" ] || [ -L "$folder" ]; then fail "$folder belongs to somebody else"; fi
  chmod 711 "$folder"
}
# The address of a server that an earlier call started and that still runs.
started_before() {
  [ -e "$folder/$1.url" ] && listens "$(sed -E 's/.*:([0-9]+)\/.*/\1/' "$folder/$1.url")"
}
keep_url() { (umask 077 && echo "$2" >"$folder/$1.url"); }

# --- PostgreSQL ---

postgres_program() {
  local folders
  folders=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
  if [ -x "$folders/initdb" ]; then echo "$folders"
  elif command -v initdb >/dev/null; then dirname "$(command -v initdb)"
  else return 1
  fi
}

# Whether the usual port lets us in. Without a client nobody can say: then the tests will.
postgres_is_usable() {
  listens 5432 || return 1
  command -v psql >/dev/null || return 0
  local user may
  for user in postgres root "$(id -un)"; do
    may='select 1 from pg_roles where rolname = current_user and (rolcreatedb or rolsuper)'
    may=$(PGCONNECT_TIMEOUT=5 psql -wXAt -h 127.0.0.1 -U "$user" -d postgres -c "$may" 2>/dev/null) || continue
    [ "$may" != 1 ] || return 0
  done
  return 1
}

install_postgres() {
  # No cluster of the machine's own: it would take the port, and the tests could not sign in.
  local no_cluster=/etc/postgresql-common/createcluster.d/mindmesh-test-servers.conf
  mkdir -p "${no_cluster%/*}"
  echo 'create_main_cluster = false' >"$no_cluster"
  "$here/debian-packages.sh" postgresql || { rm "$no_cluster"; return 1; }
  rm "$no_cluster"
}

start_postgres() {
  local programs user home port password
  programs=$(postgres_program)
  user=$(server_user postgres) home=$folder/postgres port=$(free_port) password=$(random)
  new_home "$home" "$user"
  as "$user" tee "$home/password" >/dev/null <<<"$password"
  as "$user" "$programs/initdb" -D "$home/data" -U mindmesh -A scram-sha-256 --pwfile="$home/password" \
    -E UTF8 --locale=C --no-sync >"$folder/postgres.log" 2>&1 ||
    fail "PostgreSQL's tables could not be made: $(tail -5 "$folder/postgres.log")"
  # Only a power cut needs what is left out here, and what it would lose is test data.
  as "$user" tee -a "$home/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
  as "$user" "$programs/pg_ctl" -D "$home/data" -l "$home/log" -s -w -t 60 start >&2 </dev/null ||
    fail "PostgreSQL did not start: $(tail -5 "$home/log")"
  keep_url postgres "postgres://mindmesh:$password@127.0.0.1:$port/postgres"
}

stop_postgres() {
  local data=$folder/postgres/data user
  [ -e "$data/postmaster.pid" ] || return 0
  user=$(server_user postgres)
  as "$user" "$(postgres_program)/pg_ctl" -D "$data" -s -m fast -w stop >&2
}

# --- MariaDB ---

# `mariadb-install-db` needs `my_print_defaults`, which Debian counts among the client's programs.
mysql_program() {
  command -v mariadb-install-db >/dev/null && command -v my_print_defaults >/dev/null &&
    PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mariadbd
}

mysql_is_usable() {
  listens 3306 || return 1
  local client user
  client=$(command -v mariadb || command -v mysql) || return 0
  for user in root "$(id -un)"; do
    "$client" --no-defaults -h 127.0.0.1 -u "$user" --connect-timeout=5 -e 'select 1' >/dev/null 2>&1 && return 0
  done
  return 1
}

# The programs without the service: nothing is started, and no data of the machine's own is made.
install_mysql() { "$here/debian-packages.sh" mariadb-server-core mariadb-client-core; }

start_mysql() {
  local user home port password
  user=$(server_user mysql) home=$folder/mysql port=$(free_port) password=$(random)
  new_home "$home" "$user"
  as "$user" mariadb-install-db --no-defaults --datadir="$home/data" --skip-test-db >"$folder/mysql.log" 2>&1 ||
    fail "MariaDB's tables could not be made: $(tail -5 "$folder/mysql.log")"
  as "$user" tee "$home/init.sql" >/dev/null <<SQL
create user mindmesh@'127.0.0.1' identified by '$password';
grant all privileges on *.* to mindmesh@'127.0.0.1';
SQL
  # Nothing of it may hold on to our standard output, which `eval` waits for.
  as "$user" setsid "$(mysql_program)" --no-defaults --datadir="$home/data" --init-file="$home/init.sql" \
    --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --socket="$home/socket" --pid-file="$home/pid" \
    --innodb-flush-log-at-trx-commit=0 --character-set-server=utf8mb4 \
    </dev/null >"$folder/mysql.log" 2>&1 &
  local pid=$!
  for _ in $(seq 1 300); do
    ! listens "$port" || break
    kill -0 "$pid" 2>/dev/null || fail "MariaDB did not start: $(tail -5 "$folder/mysql.log")"
    sleep 0.2
  done
  listens "$port" || fail "MariaDB does not listen after a minute: $(tail -5 "$folder/mysql.log")"
  keep_url mysql "mysql://mindmesh:$password@127.0.0.1:$port/"
}

stop_mysql() {
  local pid
  pid=$(cat "$folder/mysql/pid" 2>/dev/null) || return 0
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 1 300); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  fail "MariaDB (process $pid) does not end"
}

# --- both ---

# provide KIND VARIABLE
provide() {
  local kind=$1 variable=$2
  if [ -n "${!variable:-}" ]; then say "$kind: as $variable says"; return; fi
  if "${kind}_is_usable"; then say "$kind: on its usual port"; return; fi
  own_folder
  if ! started_before "$kind"; then
    if ! "${kind}_program" >/dev/null; then
      [ "$may_install" = yes ] || fail "$kind is not installed: give --install, or use \`docker compose up -d --wait\`"
      "install_$kind"
    fi
    "start_$kind"
  fi
  say "$kind: started for the tests, in $folder"
  echo "export $variable='$(cat "$folder/$kind.url")'"
}

case "${1:-}" in
start)
  [ "${2:-}" != --install ] || may_install=yes
  provide postgres MINDMESH_TEST_POSTGRES_URL
  provide mysql MINDMESH_TEST_MYSQL_URL
  ;;
stop)
  [ -e "$folder" ] || exit 0
  own_folder
  stop_postgres
  stop_mysql
  rm -rf "$folder"
  ;;
*)
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$here/${0##*/}" >&2
  exit 2
  ;;
esac
