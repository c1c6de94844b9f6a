/** What `doteros-wasm run --help` shows. */
export const RUN_HELP = `Runs a capsule over an input: each row becomes one message, each message one transition. Or runs a command: a component that
exports wasi:cli/run, when no input is given.

usage: doteros-wasm run CAPSULE.wasm --input FILE|- [options]
       doteros-wasm run COMMAND.wasm [options] [-- its arguments]
       doteros-wasm run PLUGIN.wasm --call FUNCTION [--input TEXT|@FILE|-] [options]

what to run
  --manifest FILE       the capsule's manifest; default: capsule.yaml beside the component. Its limits hold: rates of what it
                        sends, and a breaker for when it keeps failing
  --grant NAME[=PATTERN]
                        allow what the manifest asks for: --grant state --grant 'publish=alerts.>'; may be repeated.
                        doteros-wasm inspect CAPSULE.wasm prints the flags to copy.
                        What lies outside: fs:FOLDER:ro or fs:FOLDER:rw (as fs:FOLDER::/NAME:ro under another name),
                        net:HOST:PORT (*.example.com, *), env:NAME or env:NAME=VALUE, stdio, clock. Nothing of it is there
                        that is not granted. What used it cannot be replayed
  --limit NAME=NUMBER   allow the capsule to use more, or less, than it may by default; its manifest can only ask for less:
                        fuelPerMessage (50M: an instruction is a unit, a call of the host a thousand or more), fuelPerSecond
                        (0: no limit), memoryBytesMax (64Mi), stackFramesMax (4000), payloadBytesMax (1Mi),
                        publishPerMessageMax (1024), stateBytesMax (64Mi). Numbers may end in k, M, G, Ki, Mi, Gi; may be
                        repeated
  --link INTERFACE=FILE.wasm
                        link a component that has an interface which the capsule imports: --link acme:math/ops=math.wasm. It
                        runs as a part of the capsule, with its grants and its limits; may be repeated
  --isolation none|thread
                        where the capsule is: with the rest, the default, or in a thread of its own. There it holds nobody up
                        while it computes, and a thread that is lost is replaced: what was not committed is done again
  --label KEY=VALUE     a label of the capsule, for policies; what it uses is summed up by the label tenant; may be repeated
  --config KEY=VALUE    a setting that the capsule may read; may be repeated
  --policy FILE.rego    what decides, beside the grants, about each thing that the capsule does: data.doteros.allow must be
                        true, and the set data.doteros.deny empty of reasons; may be repeated. It is asked about
                        input.capsule (name, version, digest, labels), input.operation (load, subscribe, state.get,
                        state.put, state.delete, state.scan, series.append, series.range, publish, request, log) and
                        input.resource (key, start, end, series, subject, pattern or level); where something outside was
                        granted, about fs.read and fs.write (path), env (name) and net.connect (host, port). See
                        doteros-wasm policy --help
  --data FILE.json      what the policy has as data
  --watch-policy        read the policy and its data again when one of the files changes, or on SIGHUP. One with a mistake
                        is told, and the one before stays
  --decisions FILE      add each decision of the policy to this file, one JSON object on a line, in the shape of the decision
                        log of Open Policy Agent. data.system.log.mask, a set of paths such as "/input/resource/key", says
                        what it may not hold. What was decided before and is allowed again is not written; what is denied
                        again is, once for each attempt. See doteros-wasm policy explain

what to run it on
  --input FILE|-        the rows, or - for standard input
  --format FORMAT       csv, ndjson or json; default: what the name ends in, else how the input begins.
                        CSV starts with a row of names. A value spelled like a number becomes a number, as it is spelled.
                        NDJSON has an object on each line; JSON is an array of objects, or one object, of at most 128 MiB
  --subject TEMPLATE    where each message is addressed; default: input. {column} stands for a value of the row:
                        'readings.{location}'. What a subject cannot hold becomes -, and so does an empty value

a command (no --input)
  -- ARGUMENTS          what the command finds as its arguments, after its own name
                        It has the standard streams of doteros-wasm, and nothing else unless that is granted. The exit
                        code is the command's: 0, 1, or the one that it ends with. A trap, and whatever runs out, is 1, with
                        an error. It may use 100G of fuel and 1Gi of memory unless --limit says otherwise. With --store the
                        run is kept in the ledger; --json sums up on standard error
a plugin of Extism
  --call FUNCTION       call this function of the plugin once, and print what it answers, as it is. --input is then the
                        text that it is called with, or @FILE for a file, or - for standard input. It may keep variables,
                        log, read its settings, the time and random bytes, and no more; limits hold. Variables last as
                        long as the call, or as the store of --store. --link NAME=FILE.wasm links a module. With --json:
                        one line with "type" answer

what to keep
  --store FOLDER        keep state, ledger and mailboxes in this folder, and go on where the last run ended. It needs the
                        package lmdb. What was kept is on the disk; the ledger can be verified, proved and replayed:
                        doteros-wasm ledger --help
  --key FILE            the private key that the ledger is signed with at the end; default: ledger.key in the store's folder.
                        A file that is not there is made. Keep the key that is printed: it verifies the ledger
  --resume              pass over the rows of this input that were kept already: after a crash or Ctrl-C, give the same
                        command again. Messages that are printed have a "sequence" with --json: after a crash the last
                        ones may be printed again, with the same sequence

when something fails
  --on-error dead-letter
                        the default: a row that cannot be read goes to dlq.CAPSULE as it is, with the reason, and so does
                        a message that the capsule fails on; everything else goes on. Exit code 1 at the end
  --on-error skip       a row that cannot be read is counted, named and passed over, and is no failure. A message that the
                        capsule fails on is dead-lettered all the same, with exit code 1 at the end
  --on-error stop       the first failure of either kind ends the run, with exit code 1. Messages go one at a time
  --timeout SECONDS     read no longer than this; exit code 1 when the input had not ended

what to show
  --show PATTERN        print the messages on these subjects, such as 'alerts.>' or '>'; may be repeated.
                        Default: everything the capsule publishes
  --quiet               messages and errors only: no log lines, no progress, no summary
  --json                everything as one JSON object on each line of standard output, with "type" message, error, log or
                        summary. A payload is JSON, text or base64, and "encoding" says which

Messages go to standard output, all else to standard error. Ctrl-C finishes the message in hand and prints the summary; a
second one ends at once.

Large modules are made ready for limits once, and kept for the next run in the user's cache folder (XDG_CACHE_HOME, or
~/.cache), doteros-wasm/modules.

exit codes: 0 done, 1 something failed, 2 wrong usage, 130 interrupted; of a command, its own

examples
  doteros-wasm run weather.wasm --input weather.csv --subject 'readings.{location}' \\
    --grant state --grant 'publish=alerts.>' --grant 'subscribe=readings.>' --grant log --grant context
  doteros-wasm run weather.wasm --input weather.csv --store data --resume --grant state --grant log
  doteros-wasm run plugin.wasm --input rows.csv --limit fuelPerMessage=5M --limit memoryBytesMax=8Mi --grant state
  doteros-wasm run weather.wasm --input weather.csv --policy policy.rego --decisions decisions.ndjson --grant state
  doteros-wasm run tool.wasm --grant fs:./data:ro --grant env:HOME -- --verbose data/input.txt
  doteros-wasm run count_vowels.wasm --call count_vowels --input 'hello world'
  tail -f readings.ndjson | doteros-wasm run capsule.wasm --input - --format ndjson --grant state
  doteros-wasm run capsule.wasm --input cars.json --json --grant state | jq 'select(.type == "message")'`;
