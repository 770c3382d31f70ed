#!/bin/sh
# Builds Asterisk in the current folder, Debian's source package, into the folder $2.
# PJSIP is part of the source; its own download is answered from a cache folder.
set -eu
source=$1
target=$2
cd "$source"
version=$(sed -n 's/^PJPROJECT_VERSION *= *//p' third-party/versions.mak)
cache="$source/externals"
mkdir -p "$cache"
name="pjproject-$version"
ln -sfn Xpjproject "$name"
tar --create --dereference --bzip2 --file "$cache/$name.tar.bz2" "$name"
(cd "$cache" && md5sum "$name.tar.bz2") > "third-party/pjproject/$name.tar.bz2.md5"
./configure --prefix="$target" --with-pjproject-bundled --with-externals-cache="$cache"
make menuselect.makeopts
menuselect/menuselect --disable-category MENUSELECT_CORE_SOUNDS \
    --disable-category MENUSELECT_EXTRA_SOUNDS --disable-category MENUSELECT_MOH \
    --disable BUILD_NATIVE menuselect.makeopts
make -j"$(nproc)"
make install
