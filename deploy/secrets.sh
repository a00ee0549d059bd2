#!/bin/sh
# Makes the secrets of compose.yaml that do not exist yet, in deploy/secrets; run it again at any time.
#
# The folder is for its owner alone. The files in it are readable to all, because inside the containers they are read by
# users of the containers' own.
set -eu
umask 022
here=$(dirname "$0")
folder=$here/secrets
liandong=${LIANDONG:-$here/../.venv/bin/liandong}
[ -x "$liandong" ] || liandong=liandong
mkdir -p "$folder/mosquitto"
chmod 700 "$folder"

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

for name in postgres_password influxdb_password influxdb_token; do
    [ -e "$folder/$name" ] || random >"$folder/$name"
done
[ -e "$folder/database_url" ] ||
    printf 'postgresql+psycopg://liandong:%s@postgres/liandong' "$(cat "$folder/postgres_password")" >"$folder/database_url"

# The broker's accounts: Liandong's own, and a first source whose password is printed once.
if [ ! -e "$folder/mosquitto/acl" ]; then
    password=$("$liandong" source add first-source --topics 'city/#' \
        --mosquitto "$folder/mosquitto" --data "$folder/made" --config /dev/null)
    echo "The source \`first-source\` may publish below city/ with the password $password"
    rm -rf "$folder/made"
    chmod 755 "$folder/mosquitto"
    chmod 644 "$folder/mosquitto"/*
fi
echo "Secrets are in $folder"
