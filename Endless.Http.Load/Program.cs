using Endless.Http.Load;

return args switch
{
    ["demo", var examples] => await Demo.RunAsync(examples),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Endless.Http.Load demo PATH-OF-Endless.Examples");
    return 2;
}
