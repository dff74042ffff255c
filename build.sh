#!/usr/bin/env bash
# Builds, runs, tests and shows Endless.Http. Needs nothing but the .NET 10 SDK, and works from any directory.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$root/.build # what demo and bench publish; never committed

help() {
    cat <<'TEXT'
usage: ./build.sh COMMAND

  run [EXAMPLE] [ARGS]   build and start an example (default: hello on :8080); "run list" names them all
  test [ARGS]            build, install what the tests need, run them all; ARGS go to dotnet test
  demo [PROTOCOL]        restart a server five times under load and print what the clients saw; PROTOCOL is tls, h2c or h2
  soak RESTARTS CONNECTIONS [PROTOCOL] [PROBATION]
                         the same, as often as told, with that many idle connections as well; PROBATION is in ms. Fails where
                         descriptors, threads or memory grow from the first generations to the last, too
  demo aspnet ..., soak aspnet ...
                         the same of the example with ASP.NET Core
  bench [WHAT...]        measure beside other servers; "bench help" lists the works, "bench all [ROUNDS]" does them all;
                         bench micro measures the parts alone
  fuzz SECONDS [SEED [TARGET]]
                         feed what nobody would send to one of the parsers, and judge what comes back. By coverage: request, chunked, hpack,
                         frames, streams, pem, control, pidfile, pattern; beside others: http1 (Kestrel; without a TARGET too), go; http2 has
                         connections live by chance beside a model of RFC 9113. "fuzz again TARGET INPUT" replays what was found, "fuzz
                         minimise [TARGET]" takes what was found into the repository's corpus
  corpora                send the cases of Http11Probe to this server and to Kestrel, and count what it takes for right, warns of and takes for wrong
  storm SECONDS [SEED [PROGRAM...]]
                         run programs, right ones and wrong ones, under clients that check every byte
  attack [SECONDS [WORD...]]
                         attack a server in every way that clients have found, or in those with a word in their name, and show what each costs
  torture [SECONDS] [SEED [STORY]]
                         restart servers under clients that check every byte while their processes are killed, frozen, stopped and
                         starved; 60 seconds and a seed by chance, or one story of a seed alone
  explore SECONDS [SEED] run connections and requests under every interleaving of their threads, and under some by chance;
                         "explore again SCENARIO SCHEDULE" replays what was found
  simulate SECONDS [SEED]
                         play whole families of the restart machine under signals, kills and lost messages, all stories within limits and
                         some by chance; "simulate again STORY" replays what was found, "simulate table" writes the table of docs/restart.md
  publish DIR            publish the examples into DIR, compiled ahead of time (ReadyToRun)
  aot [EXAMPLE] [ARGS]   publish the examples as one native program (.build/aot), and start one of them if named
  format [ARGS]          format the code; "format --verify-no-changes" only looks
TEXT
}

# Puts the first dotnet that has a .NET 10 SDK on PATH, and where its runtime is into DOTNET_ROOT for the programs it builds.
find_sdk() {
    local candidate
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet"; do
        if [[ -x $candidate ]] && "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.'; then
            DOTNET_ROOT=$(dirname "$(readlink -f "$candidate")")
            export DOTNET_ROOT PATH="$DOTNET_ROOT:$PATH"
            return
        fi
    done
    echo "build.sh: the .NET 10 SDK is missing; get it with: curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0" >&2
    exit 1
}

# quietly COMMAND...: prints what the command printed only if it failed.
quietly() {
    local output
    output=$("$@" 2>&1) || { echo "$output" >&2 && return 1; }
}

# build [PROJECT]: everything, or one project and what it needs.
build() { quietly dotnet build "$root/${1:-Endless.Http.sln}" -c Release -v quiet -nologo; }

# publish_program PROJECT DIR: framework-dependent and compiled ahead of time, since start-up is part of restart time.
# Its intermediate files stay apart from the build's, which know nothing of a target machine.
publish_program() {
    quietly dotnet publish "$root/$1" -c Release -v quiet -nologo --artifacts-path "$scratch/publish" -r "$(machine)" --self-contained false -p:PublishReadyToRun=true -o "$2"
}

machine() { if [[ $(uname -m) == aarch64 ]]; then echo linux-arm64; else echo linux-x64; fi; }

# Native code and no runtime beside it. Needs a C compiler to link, and the registry to serve the compiler package of this SDK's runtime.
aot() {
    install cc:gcc
    dotnet publish "$root/Endless.Examples" -c Release -v quiet -nologo --artifacts-path "$scratch/publish-aot" -r "$(machine)" -p:PublishAot=true -o "$scratch/aot" >&2
    if (($# > 0)); then exec "$scratch/aot/Endless.Examples" "$@"; fi
    ls -l "$scratch/aot/Endless.Examples"
}

# What tests and benchmarks run beside the server, as PROGRAM:DEBIAN-PACKAGE.
test_tools=(curl:curl wrk:wrk ab:apache2-utils nginx:nginx haproxy:haproxy promtool:prometheus openssl:openssl nghttp:nghttp2-client node:nodejs chromium:chromium systemctl:systemd go:golang-go)
bench_tools=(wrk:wrk h2load:nghttp2-client nginx:nginx go:golang-go cc:gcc pg_ctlcluster:postgresql)

# What tests take from npm.
npm_packages=(@microsoft/signalr@10.0.11 @microsoft/signalr-protocol-msgpack@10.0.11)

# missing TOOL...: the packages of the programs that are not there.
missing() {
    local tool
    for tool in "$@"; do
        PATH=$PATH:/usr/sbin command -v "${tool%%:*}" >/dev/null || echo "${tool##*:}"
    done
}

# install TOOL...: without apt-get or root nothing is installed; what needs a missing program is skipped.
install() {
    local packages
    packages=$(missing "$@")
    if [[ -n $packages ]] && command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
        echo "installing:" $packages
        ( # a subshell, so that the trap takes effect where it ends
            policy=/usr/sbin/policy-rc.d # keeps Debian from starting an installed nginx or haproxy as a service
            if [[ ! -e $policy ]]; then
                trap 'rm -f "$policy"' EXIT
                printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
            fi
            export DEBIAN_FRONTEND=noninteractive
            apt-get -qq update || true
            apt-get -qq install -y --no-install-recommends $packages && exit
            for package in $packages; do apt-get -qq install -y --no-install-recommends "$package"; done # one that cannot be had keeps none of the others away
        ) >/dev/null 2>&1 || true
        packages=$(missing "$@")
    fi
    if [[ -n $packages ]]; then echo "not installed, so what needs them is skipped:" $packages; fi
}

# Puts the packages of npm into .build/npm, once: without npm, or its registry, what needs them is skipped.
install_npm_packages() {
    local installed=$scratch/npm/installed
    if [[ -f $installed && $(<"$installed") == "${npm_packages[*]}" ]]; then return; fi
    rm -rf "$scratch/npm"
    mkdir -p "$scratch/npm"
    if timeout 120 npm install --prefix "$scratch/npm" --no-save --no-audit --no-fund --ignore-scripts --fetch-retries 1 --fetch-timeout 30000 "${npm_packages[@]}" >/dev/null 2>&1; then
        echo "${npm_packages[*]}" >"$installed"
    else
        echo "not installed, so what needs them is skipped:" "${npm_packages[@]}"
    fi
}

run() {
    build Endless.Examples >&2
    exec "$root/Endless.Examples/bin/Release/net10.0/Endless.Examples" "${@:-hello}"
}

run_tests() {
    local log code=0 passed failed skipped
    log=$(mktemp)
    install "${test_tools[@]}"
    install_npm_packages
    if ! build; then
        echo "the build failed"
        echo "0 passed, 1 failed"
        return 1
    fi
    # A test that hangs is named and ended, and does not hold up whoever waits for the result.
    # A shell has what it starts by "&" ignore SIGINT, and so would the servers under test, which are to stop by it; so too SIGQUIT.
    env --default-signal=INT,QUIT dotnet test "$root/Endless.Http.sln" -c Release --no-build --nologo --blame-hang-timeout 5m --blame-hang-dump-type none "$@" 2>&1 | tee "$log" || code=$?
    passed=$(count Passed "$log") failed=$(count Failed "$log") skipped=$(count Skipped "$log")
    rm -f "$log"
    if ((code != 0 && failed == 0)); then failed=1; fi # a run that broke off has no failed test to show for it
    if ((skipped > 0)); then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
    return "$code"
}

# count Passed|Failed|Skipped LOG: the sum over the summary lines of dotnet test, one for each test project.
count() { sed -nE "s/^(Passed|Failed|Skipped)! +- .*$1: +([0-9]+),.*/\2/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

# with_examples PROJECT [ARGS]: starts a program of ours with the path of the examples, published, as its first argument.
with_examples() {
    local project=$1 && shift
    publish_program Endless.Examples "$scratch/examples"
    build "$project"
    "$root/$project/bin/Release/net10.0/$project" "$scratch/examples/Endless.Examples" "$@"
}

# with_load demo|soak [aspnet] [ARGS]: the same for the load driver, which knows both programs.
with_load() {
    if [[ ${2:-} != aspnet ]]; then
        with_examples Endless.Http.Load "$@"
        return
    fi
    publish_program Endless.Examples.AspNetCore "$scratch/aspnet"
    build Endless.Http.Load
    "$root/Endless.Http.Load/bin/Release/net10.0/Endless.Http.Load" "$scratch/aspnet/Endless.Examples.AspNetCore" "$1" "${@:3}"
}

bench() {
    case ${1:-} in
        all) set -- all "$root/docs/benchmarks" "${@:2}" ;;
        restart) set -- restart "$root/docs/benchmarks/restart.md" ;;
        startup) build Endless.Examples ;;
        micro)
            build Endless.Http.MicroBenchmarks
            exec "$root/Endless.Http.MicroBenchmarks/bin/Release/net10.0/Endless.Http.MicroBenchmarks" --artifacts "$scratch/micro" --filter "${2:-*}" ;;
    esac
    install "${bench_tools[@]}"
    with_examples Endless.Http.Benchmarks "${@:-plaintext}"
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
command=${1:-help}
shift || true
case $command in
    help | -h | --help) help && exit ;;
    run | test | demo | soak | bench | fuzz | corpora | storm | torture | attack | explore | simulate | publish | aot | format) find_sdk ;;
    *) help >&2 && exit 2 ;;
esac
case $command in
    run) run "$@" ;;
    test) run_tests "$@" ;;
    demo) with_load demo "$@" ;;
    soak) with_load soak "$@" ;;
    bench) bench "$@" ;;
    fuzz | corpora | storm | torture | attack | explore | simulate) build Endless.Http.Tests && dotnet "$root/Endless.Http.Tests/bin/Release/net10.0/Endless.Http.Tests.dll" "$command" "$@" ;;
    publish) if (($# == 1)); then publish_program Endless.Examples "$(realpath -m "$1")"; else help >&2 && exit 2; fi ;;
    aot) aot "$@" ;;
    format) dotnet format "$root/Endless.Http.sln" "$@" ;;
esac
