/** What `doteros-wasm serve --help` shows. */
export const SERVE_HELP = `Has a component that exports wasi:http/incoming-handler answer requests of HTTP. Each request is one message to the capsule,
each message one transition: the response leaves when what the capsule did is committed.

usage: doteros-wasm serve COMPONENT.wasm [options]

where
  --port NUMBER         the port; default: 8080. 0 takes any that is free
  --host NAME           the name or the address of this machine that is listened on; default: 127.0.0.1, which only this machine
                        can connect to. 0.0.0.0 and :: are all addresses

how
  --stream              bodies cross over while they are read and written, however long they are: server-sent events, large files.
                        A response leaves while it is made, before anything is committed; one that fails is cut off. There is one
                        at a time. Without it bodies are whole, and responses leave when what the capsule did is committed

how much
  --limit NAME=NUMBER   what one request may use: see doteros-wasm run --help. fuelPerMessage ends a handler that does not, with
                        504; payloadBytesMax is how long bodies may be, of requests, which are answered with 413, and of responses
  --requests NUMBER     requests that may wait at a time; default: 1,024. Those beside them are answered with 503
  --timeout SECONDS     how long a request waits for its answer; default: 60. Then it is answered with 504
  --drain SECONDS       how long those that there are may take at the end; default: 10

what is served
  --manifest, --grant, --config, --label, --link, --isolation, --policy, --data, --watch-policy,
  --decisions, --store, --key
                        as doteros-wasm run has them. The manifest says http: { instance: fresh } for an instance of its own for
                        each request; without that an instance answers one after the other. With a grant of net, clock or
                        stdio, which it may wait for, it is in a thread unless --isolation none

what to show
  --verbose, -v         a line for each request; without it, one for those that failed, with the reason. Clients are told none
  --quiet               errors only
  --json                everything as one JSON object on each line of standard output, with "type" listening, request, log, error
                        or draining

Ctrl-C and SIGTERM let those that there are have their answers; a second one ends at once.

exit codes: 0 done, 1 something failed, 2 wrong usage

examples
  doteros-wasm serve hello.wasm
  doteros-wasm serve counter.wasm --port 0 --store data --grant state --grant log --json
  doteros-wasm serve app.wasm --limit fuelPerMessage=500M --limit memoryBytesMax=128Mi --policy policy.rego`;
