using Endless.Examples;
using Endless.Examples.Chat;
using Endless.Examples.Crud;
using Endless.Examples.Todo;
using Endless.Examples.Upload;

if (args is ["ctl", .. var command]) return Control.Run(command);

// A restart starts this program again with the same arguments, so each example is written as if it ran once.
Action<string[]>? example = args is [var name, ..] ? name switch
{
    "hello" => Hello.Run,
    "hooks" => Hooks.Run,
    "multiport" => MultiPort.Run,
    "timeouts" => Timeouts.Run,
    "pidfile" => PidFile.Run,
    "notes" => Notes.Run,
    "events" => Events.Run,
    "tls" => Tls.Run,
    "router" => Router.Run,
    "api" => Api.Run,
    "crud" => CrudServer.Run,
    "todo" => TodoServer.Run,
    "chat" => ChatServer.Run,
    "upload" => UploadServer.Run,
    "static" => StaticFiles.Run,
    "proxy" => Proxy.Run,
    "testserver" => TestServer.Run,
    "benchserver" => BenchServer.Run,
    _ => null,
} : null;

if (example is null)
{
    Console.Error.WriteLine("""
        usage: Endless.Examples EXAMPLE [ARGS]

          hello [ADDR]            the smallest server, on :8080 unless told otherwise
          hooks [ADDR]            clean up before a restart, give background work 30 s to end
          multiport [ADDR...]     two servers in one process, restarted together
          timeouts [ADDR]         how long a client may take
          pidfile [ADDR] [FILE]   a file that always names the newest generation
          ctl restart --pidfile FILE [--timeout SECONDS]
                                  has such a server restart, waits, and says what came of it
          notes [ADDR]            routes with wildcards, and a store that outlives restarts
          events [ADDR]           server-sent events that end for a restart and come back
          tls [ADDR] [CERT KEY]   HTTPS on :8443, with certificates that renew themselves
          router [ADDR]           groups, middleware, path values and JSON, as with gin
          api [ADDR]              OpenAPI, a bearer token, a rate limit, problem details, validation
          crud [ADDR] [FILE] [BACKEND]
                                  a whole service in 45 lines, and a proxy for /old/
          todo [ADDR] [FILE]      a page, an API, a login, live updates and SQLite, restarted under use
          chat [ADDR]             a chat over WebSockets, whose pages come back after a restart
          upload [ADDR] [DIRECTORY]
                                  files of any size from a form, streamed into a directory
          static [ADDR] DIRECTORY
                                  a site or an application of one page, compressed and cached
          proxy [ADDR] BACKEND... a reverse proxy for several servers, with an access log
          testserver [OPTIONS]    what the tests drive; see TestServer.cs
          benchserver [ADDR] [CERT KEY]
                                  what the benchmarks drive; see BenchServer.cs
        """);
    return 2;
}
try
{
    example(args[1..]);
    return 0;
}
catch (Exception e) when (e is IOException or FormatException or ArgumentException)
{
    Console.Error.WriteLine(e.Message); // a wrong address, a port in use: the message names it
    return 1;
}
