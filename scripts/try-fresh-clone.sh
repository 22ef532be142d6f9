#!/usr/bin/env bash
# Clones the committed repository into an empty folder and runs `npm start` or `npm test` there as the first command,
# as different people would: scripts/try-fresh-clone.sh [start|test] [words that a case must contain …]
# Cases are named "root npm11 no-locale"; as root it makes an ordinary user for a while. Needs the network.
set -uo pipefail

ROOT=$(cd "$(dirname "$0")/.." && pwd)
COMMAND=${1:-start}
shift $(($# > 0 ? 1 : 0))
TRIAL_USER=samaya-trial
WORK=$(mktemp -d)
chmod 755 "$WORK"
FAILURES=0
CURRENT=

clean_up() {
  [ -n "$CURRENT" ] && remove_clone "$CURRENT"
  if id "$TRIAL_USER" >/dev/null 2>&1; then userdel --remove "$TRIAL_USER" 2>/dev/null; fi
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# As root the database lies outside of the clone.
remove_clone() {
  local data location
  for data in "$1"/data/*postgres*; do
    location=$data
    [ -f "$data/location" ] && location=$(cat "$data/location")
    if [ -f "$location/cluster/postmaster.pid" ]; then
      kill -QUIT "$(head -1 "$location/cluster/postmaster.pid")" 2>/dev/null && sleep 1
    fi
    rm -rf "$location"
  done
  rm -rf "$1"
}

people() {
  if [ "$(id -u)" != 0 ]; then echo user; else echo root root-home user; fi
}

# Prints the words that run a command as that person, with that locale.
as_person() {
  local person=$1 locale=$2
  [ "$person" = user ] && [ "$(id -u)" = 0 ] && echo "setpriv --reuid=$TRIAL_USER --regid=$TRIAL_USER --init-groups"
  echo "env -u LANG -u LANGUAGE -u LC_ALL -u LC_CTYPE -u npm_execpath"
  [ "$person" = user ] && [ "$(id -u)" = 0 ] && echo "HOME=/home/$TRIAL_USER"
  [ "$locale" = broken-locale ] && echo "LANG=xx_YY.UTF-8 LC_ALL=xx_YY.UTF-8"
}

folder_for() {
  case $1 in
    root) echo "$WORK/closed/clone" ;;
    root-home) echo "$HOME/samaya-trial" ;;
    user) if [ "$(id -u)" = 0 ]; then echo "/home/$TRIAL_USER/samaya"; else echo "$WORK/clone"; fi ;;
  esac
}

# npm itself, not npx: between npx and npm stands a shell, which would keep a signal for itself.
npm_of() {
  case $1 in
    npm11) echo npm ;;
    npm12)
      [ -d "$WORK/npm12" ] || npm install --silent --prefix "$WORK/npm12" npm@12 >/dev/null
      echo "node $WORK/npm12/node_modules/npm/bin/npm-cli.js"
      ;;
  esac
}

free_port() {
  node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"
}

# Runs `npm start`, waits until it is ready, asks both applications, and ends it: TERM to what npm started.
try_start() {
  local folder=$1 output=$2 began pid code=0
  shift 2
  began=$(date +%s%N)
  : >"$output"
  (cd "$folder" && exec "$@" start) >"$output" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ! grep -q 'Ctrl-C stops everything' "$output"; do
    [ $((($(date +%s%N) - began) / 1000000000)) -gt 300 ] && break
    sleep 0.1
  done
  SECONDS_TO_READY=$(awk "BEGIN { printf \"%.1f\", ($(date +%s%N) - $began) / 1e9 }")
  local site=http://localhost:$BOOKING_PORT crm_site=http://localhost:$CRM_PORT
  if ! node -e "Promise.all(process.argv.slice(1).map((url) => fetch(url).then((r) => { if (!r.ok) throw r.status; }))).catch(() => process.exit(1))" \
    "$site/healthz" "$crm_site/healthz"; then code=1; fi
  kill -TERM "$pid" 2>/dev/null
  wait "$pid" || code=$?
  return "$code"
}

try_case() {
  local person=$1 npm=$2 locale=$3 folder name words verdict
  name="$person $npm $locale"
  folder=$(folder_for "$person")
  CURRENT=$folder
  remove_clone "$folder"
  read -r -a words <<<"$(as_person "$person" "$locale" | tr '\n' ' ') $(npm_of "$npm")"
  [ "$person" = root ] && mkdir -p -m 700 "$WORK/closed"
  git clone --quiet "$ROOT" "$folder" || return 1
  if [ "$person" = user ] && [ "$(id -u)" = 0 ]; then chown -R "$TRIAL_USER" "$folder"; fi
  local output=$WORK/output
  BOOKING_PORT=$(free_port) CRM_PORT=$(free_port)
  export BOOKING_PORT CRM_PORT
  if [ "$COMMAND" = test ]; then
    (cd "$folder" && "${words[@]}" test) >"$output" 2>&1
    verdict="$? $(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$output")"
  else
    try_start "$folder" "$output" "${words[@]}"
    verdict="$? first ${SECONDS_TO_READY} s"
    cp "$output" "$output.first"
    try_start "$folder" "$output" "${words[@]}"
    verdict="$verdict; $? second ${SECONDS_TO_READY} s"
  fi
  if [ -n "$(git -C "$folder" status --porcelain 2>/dev/null)" ]; then verdict="$verdict; the clone is changed"; fi
  if pgrep -f "$folder/(scripts|apps)/" >/dev/null; then verdict="$verdict; something still runs"; fi
  case $verdict in
    "0 "*"; 0 second"*[0-9]" s" | "0 "*" 0 failed") echo "ok      $name: $verdict" ;;
    *)
      FAILURES=$((FAILURES + 1))
      echo "NOT OK  $name: $verdict"
      { grep -A 12 '^not ok' "$output" || tail -12 "$output"; } | sed 's/^/        /'
      ;;
  esac
  remove_clone "$folder"
  CURRENT=
}

if [ "$(id -u)" = 0 ]; then useradd --create-home "$TRIAL_USER" || exit 1; fi
for person in $(people); do
  for npm in npm11 npm12; do
    for locale in no-locale broken-locale; do
      wanted=yes
      for word in "$@"; do [[ " $person $npm $locale " == *" $word "* ]] || wanted=no; done
      [ "$wanted" = yes ] && try_case "$person" "$npm" "$locale"
    done
  done
done
[ "$FAILURES" = 0 ]
