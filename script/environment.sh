# shellcheck shell=bash
# Where things are, what is missing, and how it gets here. Sourced by argus and by script/*, never run.
# The sourcing script has set ARGUS_HOME, the root of the repository.
#
# .deps/libtorch   headers and libraries out of the pinned torch package (or LIBTORCH=DIR)
# .deps/python     virtual environment: fetches libtorch; holds the packages that tests and benchmarks need
# .deps/.lock      held while anything is installed or built

export ARGUS_HOME
DEPS=$ARGUS_HOME/.deps
BUILD=$ARGUS_HOME/.build/release
STAMP=$BUILD/.argus-built       # ARGUS_HOME and LIBTORCH of the last build; older than any file changed since

LIBTORCH=${LIBTORCH:-$DEPS/libtorch}
[[ $LIBTORCH == /* ]] || LIBTORCH=$PWD/$LIBTORCH
export LIBTORCH                 # SwiftPM notices a changed variable, but not a folder that appears

# pip, apt-get and swift turn an interrupt into an ordinary failure; here it ends the whole script.
trap 'exit 130' INT
trap 'exit 143' TERM

# MARK: - Messages, all on standard error: standard output belongs to the command that is run

bold='' red='' plain=''
if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' red=$'\e[1;31m' plain=$'\e[0m'
fi

say() {
    printf '%s%s%s\n' "$bold" "$*" "$plain" >&2
}

# fail MESSAGE [STATUS]; MESSAGE reads "WHAT (WHERE): found X, expected Y. Try Z."
fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
    exit "${2:-1}"
}

misuse() {
    fail "unknown argument ($(basename "$0")): found '$1', expected $2. Try $0 --help." 2
}

# MARK: - Toolchain and system packages

check_swift() {
    local found=''
    if command -v swift >/dev/null; then
        found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    fi
    local try='Try https://www.swift.org/install/linux, then open a new shell'
    [[ -n $found ]] ||
        fail "Swift is missing (PATH): found no working swift command, expected Swift 6.2 or later. $try."
    at_least 6.2 "$found" ||
        fail "Swift is too old ($(command -v swift)): found $found, expected 6.2 or later. $try."
}

check_python() {
    local python=${PYTHON:-python3} found
    found=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || found=''
    local try='Try PYTHON=/path/to/python3.11'
    [[ -n $found ]] ||
        fail "Python is missing ($python): found no working command, expected Python 3.11 or later. $try."
    at_least 3.11 "$found" || fail "Python is too old ($python): found $found, expected 3.11 or later. $try."
}

# at_least WANTED FOUND
at_least() {
    printf '%s\n%s\n' "$1" "$2" | sort --check=quiet --version-sort
}

# has_header PATTERN: a file in one of the system's include folders (PATTERN may have * in it)
has_header() {
    local match
    for match in {/usr/local/include,/usr/include,/usr/include/*-linux-gnu}/$1; do
        [[ -f $match ]] && return 0
    done
    return 1
}

# check_system_packages NEEDS_PYTHON(yes|no): installs what is missing as root, otherwise says how to.
check_system_packages() {
    local packages=()
    command -v git >/dev/null || packages+=(git)        # SwiftPM fetches the dependencies with it
    has_header zmq.h || packages+=(libzmq3-dev)
    has_header sqlite3.h || packages+=(libsqlite3-dev)
    has_header 'c++/*/vector' || packages+=(g++)        # for the C++ library alone; swift brings the compiler
    if [[ $1 == yes && -z ${PYTHON:-} ]]; then
        command -v python3 >/dev/null || packages+=(python3)
        python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
    fi
    ((${#packages[@]})) || return 0

    local install="apt-get install -y --no-install-recommends ${packages[*]}"
    command -v apt-get >/dev/null || fail "system packages are missing (this machine): found no ${packages[*]}, \
expected them installed. Try your system's package manager; the names are Debian's."
    ((EUID == 0)) || fail "system packages are missing (this machine): found no ${packages[*]}, expected them \
installed. Try: sudo $install"

    say "Installing system packages: ${packages[*]}"
    apt_install "${packages[@]}" || { apt_get update && apt_install "${packages[@]}"; } ||
        fail "system packages cannot be installed (apt-get): found the failure above, expected ${packages[*]}. \
Try: $install"
}

apt_install() {
    apt_get install -y --no-install-recommends "$@"
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# MARK: - Python

# A bare virtual environment, so that pip is there whatever the system's Python lacks.
make_python() {
    "$DEPS/python/bin/python" -m pip --version &>/dev/null && return 0
    check_python
    say "Making a Python environment in .deps/python"
    rm -rf "$DEPS/python"
    "${PYTHON:-python3}" -m venv "$DEPS/python" >&2 ||
        fail "Python environment cannot be made ($DEPS/python): found the failure above, expected a working venv \
module. Try: sudo apt-get install -y python3-venv"
}

# The packages of requirements-test.txt; installed again whenever that file changes.
install_test_packages() {
    local wanted=$ARGUS_HOME/requirements-test.txt stamp=$DEPS/python/.requirements package=$ARGUS_HOME/Python
    make_python
    sha256sum --check --status "$stamp" 2>/dev/null && return 0
    say "Installing Python packages for tests into .deps/python"
    "$DEPS/python/bin/python" -m pip install --disable-pip-version-check --requirement "$wanted" >&2 ||
        fail "Python packages cannot be installed ($wanted): found the failure above, expected every package. Try \
again when the network is up."
    "$DEPS/python/bin/python" -m pip install --disable-pip-version-check --no-deps --editable "$package" >&2 ||
        fail "our own Python package cannot be installed ($package): found the failure above, expected success. Try \
again when the network is up."
    sha256sum "$wanted" "$package"/{pyproject.toml,setup.py} >"$stamp"
}

# MARK: - libtorch

torch_version() {
    sed -n 's/^torch==//p' "$ARGUS_HOME/requirements-torch.txt"
}

is_libtorch() {
    [[ -e $1/lib/libtorch_cpu.so && -d $1/include/ATen ]]
}

# True when there is nothing to fetch: libtorch is the user's own, or the pinned one is unpacked already.
has_libtorch() {
    [[ $LIBTORCH != "$DEPS/libtorch" ]] ||
        { is_libtorch "$LIBTORCH" && [[ $(cat "$LIBTORCH/.version" 2>/dev/null) == "$(torch_version)" ]]; }
}

install_libtorch() {
    if [[ $LIBTORCH != "$DEPS/libtorch" ]]; then
        is_libtorch "$LIBTORCH" || fail "libtorch is missing (LIBTORCH=$LIBTORCH): found no lib/libtorch_cpu.so and \
include/ATen there, expected an unpacked libtorch. Try another folder, or unset LIBTORCH to have it downloaded."
        return
    fi
    has_libtorch && return

    local version partial=$DEPS/libtorch.partial
    version=$(torch_version)
    make_python
    rm -rf "$partial"           # what an interrupted download has left
    mkdir -p "$partial/wheels"
    fetch_torch "$version" "$partial/wheels"
    say "Unpacking libtorch into .deps/libtorch"
    unpack_torch "$partial/wheels" "$partial/libtorch"
    is_libtorch "$partial/libtorch" || fail "libtorch cannot be unpacked ($partial): found a torch package without \
libtorch_cpu.so or ATen, expected both. Try LIBTORCH=DIR with a libtorch of your own."
    printf '%s\n' "$version" >"$partial/libtorch/.version"
    rm -rf "$DEPS/libtorch"
    mv "$partial/libtorch" "$DEPS/libtorch"
    rm -rf "$partial"
}

# fetch_torch VERSION FOLDER: the CPU build where pip as configured offers it, else from PyTorch's own index of CPU
# builds, else the plain package, which has CUDA and needs NVIDIA's libraries with it.
fetch_torch() {
    local cpu_index=https://download.pytorch.org/whl/cpu
    say "Downloading libtorch $1, CPU build (about 200 MB)"
    # Nothing that we keep depends on Python: any interpreter may fetch the package for 3.11.
    pip_download "$2" --no-deps --python-version 3.11 "torch==$1+cpu" && return
    say "Not available from pip as configured; trying $cpu_index"
    pip_download "$2" --no-deps --python-version 3.11 --index-url "$cpu_index" "torch==$1+cpu" && return
    say "Not available there either; downloading the CUDA build and the libraries it needs (several GB)"
    pip_download "$2" "torch==$1" && return
    fail "libtorch cannot be downloaded (pip): found the failures above, expected torch $1. Try again when the network \
is up, or LIBTORCH=DIR with a libtorch of your own."
}

# pip_download FOLDER ARGUMENTS…
pip_download() {
    "$DEPS/python/bin/python" -m pip download --disable-pip-version-check --only-binary :all: --dest "$@" >&2
}

# unpack_torch WHEELS FOLDER: headers and libraries, without the Python module and PyTorch's own tests. The CUDA build's
# libraries look for NVIDIA's in their own folder too.
unpack_torch() {
    "$DEPS/python/bin/python" - "$@" <<'PYTHON'
import pathlib, shutil, sys, zipfile

wheels, target = map(pathlib.Path, sys.argv[1:])
for wheel in sorted(wheels.glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = pathlib.PurePosixPath(name)
            unused = path.name.startswith(
                ("libtorch_python", "libshm", "libjitbackend", "libtorchbind", "libaoti_custom", "libbackend_with")
            )
            if name.startswith("torch/include/") and not name.endswith("/"):
                destination = target / path.relative_to("torch")
            elif path.parts[0] in ("torch", "torch.libs", "nvidia") and ".so" in path.name and not unused:
                if path.parts[0] == "torch" and path.parts[1] != "lib":
                    continue
                destination = target / "lib" / path.name
            else:
                continue
            destination.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, open(destination, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
PYTHON
}

# MARK: - Lock, set-up, build

lock() {
    if ! mkdir -p "$DEPS" || ! exec {lock_descriptor}>"$DEPS/.lock"; then
        fail "set-up has no place to write ($DEPS): found a folder that cannot be written, expected one that can. \
Try a clone of your own."
    fi
    if ! flock --nonblock "$lock_descriptor"; then
        say "Waiting for another set-up or build of this clone to end"
        flock "$lock_descriptor"
    fi
}

unlock() {
    exec {lock_descriptor}>&-
}

# set_up [--tests]: installs what is missing; under the lock.
set_up() {
    local needs_python=no
    [[ ${1:-} == --tests ]] && needs_python=yes
    has_libtorch || needs_python=yes
    check_swift
    check_system_packages "$needs_python"
    install_libtorch
    [[ ${1:-} != --tests ]] || install_test_packages
}

# True when the built command is newer than everything it is built from. This runs at every start: keep it quick.
is_built() {
    local built sources=() source
    [[ -x $BUILD/argus && -e $BUILD/libCTorchLibrary.so && -r $STAMP && -e $LIBTORCH/lib/libtorch_cpu.so ]] || return 1
    mapfile -t built <"$STAMP"
    [[ ${built[0]:-} == "$ARGUS_HOME" && ${built[1]:-} == "$LIBTORCH" ]] || return 1
    for source in "$ARGUS_HOME"/{Package.swift,Sources,Plugins,requirements-torch.txt}; do
        [[ -e $source ]] && sources+=("$source")
    done
    # -cnewer, not -newer: it also sees a file restored with its old date, and a folder shows what was deleted.
    [[ -z $(find -H "${sources[@]}" -cnewer "$STAMP" -print -quit) ]]
}

# build [OPTION ...]: builds the whole package, its tests apart unless an option of swift build says so; under the lock.
build() {
    is_built && return
    local started=$DEPS/.build-started
    printf '%s\n' "$ARGUS_HOME" "$LIBTORCH" >"$started"     # dated now: what changes meanwhile is built next time
    if [[ -e $STAMP && $(head -n 1 "$STAMP") != "$ARGUS_HOME" ]]; then
        say "This clone has moved or was copied: building afresh"        # the compiler's caches hold absolute paths
        rm -rf "$ARGUS_HOME"/.build{,-*}
    fi
    [[ -e $BUILD/argus ]] || say "Building in release; the first build takes several minutes"
    swift build --configuration release --package-path "$ARGUS_HOME" "$@" >&2 ||
        fail "the build failed (swift build): found the errors above, expected none. Try again after mending them, or \
after removing $ARGUS_HOME/.build."
    mv "$started" "$STAMP"
    write_manifests
}

# A manifest beside each plugin's library, so that listing the environments opens no library.
write_manifests() {
    local runner=$BUILD/argus-env-runner plugin library manifest
    [[ -x $runner ]] || return 0
    for plugin in "$ARGUS_HOME"/Plugins/*/; do
        library=$BUILD/lib$(basename "$plugin").so
        manifest=${library%.so}.plugin.yaml
        [[ -e $library ]] || continue
        [[ $library -nt $manifest || $runner -nt $manifest ]] || continue
        if "$runner" --describe "$library" >"$manifest.partial"; then
            mv "$manifest.partial" "$manifest"
        else
            rm -f "$manifest.partial" "$manifest"
            say "warning: no manifest for $library: argus-env-runner --describe failed"
        fi
    done
}
