namespace Endless.Http.Tests.Processes;

/// <summary>nginx in one process, which writes nowhere but into a directory of its own: its workers could not be told from other people's.</summary>
internal static class NginxFile
{
    /// <summary>A configuration.</summary>
    /// <param name="directory">Where it writes.</param>
    /// <param name="logLevel">From which level on it logs, to standard error.</param>
    /// <param name="http">The rest of the http block.</param>
    public static string Text(TempDirectory directory, string logLevel, string http) => $$"""
        daemon off;
        master_process off;
        error_log stderr {{logLevel}};
        pid {{directory["pid"]}};
        events { worker_connections 4096; }
        http {
            access_log off;
            client_body_temp_path {{directory["body"]}};
            proxy_temp_path {{directory["proxy"]}};
            fastcgi_temp_path {{directory["fastcgi"]}};
            uwsgi_temp_path {{directory["uwsgi"]}};
            scgi_temp_path {{directory["scgi"]}};
            {{http}}
        }
        """;

    /// <summary>What nginx is started with for a configuration in that directory.</summary>
    public static string[] Arguments(TempDirectory directory, string file) => ["-e", "stderr", "-p", directory.Path, "-c", file];
}
