using System.Globalization;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>Somebody who works with the page of the todo list while its server is restarted. The page is the same in front of both servers that there are for it.</summary>
internal static class TodoPage
{
    // What somebody does with the page, again and again, with the page's own controls; and what the list must show in the end.
    private const string Use = """
        window.report = { failed: [], edits: 0 };
        window.expected = new Map();
        const ask = window.fetch;
        window.fetch = async (path, options) => {
          try {
            const response = await ask(path, options);
            if (!response.ok) report.failed.push(`${options?.method} ${path}: ${response.status}`);
            return response;
          } catch (error) {
            report.failed.push(`${options?.method} ${path}: ${error}`);
            throw error;
          }
        };
        window.until = async condition => {
          for (const end = Date.now() + 30000; !condition(); await new Promise(done => setTimeout(done, 10)))
            if (Date.now() > end) throw new Error(`not within 30 s: ${condition}`);
        };
        window.item = text => [...document.querySelectorAll('li')].find(li => li.querySelector('span').textContent === text);
        window.round = async number => {
          const text = `todo ${number}`;
          const form = document.querySelector('#add');
          form.elements.text.value = text;
          form.requestSubmit();
          await until(() => item(text) && form.elements.text.value === '');
          expected.set(text, '');
          report.edits++;
          item(text).querySelector('input').click();
          await until(() => item(text)?.className === 'done');
          expected.set(text, 'done');
          report.edits++;
          if (number % 4 === 0) return;
          item(text).querySelector('button').click();
          await until(() => !item(text));
          expected.delete(text);
          report.edits++;
        };
        window.rounds = 0;
        window.work = (async () => { while (!window.enough) await round(rounds++); })().catch(error => report.failed.push(String(error)));
        true
        """;

    /// <summary>Logs in, adds, changes and removes todos through some restarts, and looks that no request failed, no edit is lost and the login holds.</summary>
    public static async Task WorkThroughRestartsAsync(ServerProcess server, int restarts)
    {
        await using var page = await Chromium.OpenAsync(server.Url);
        await page.UntilAsync("document.querySelector('#login')?.hidden === false");
        await page.EvaluateAsync("""
            (() => {
              const form = document.querySelector('#login');
              form.elements.name.value = 'ada';
              form.elements.password.value = 'correct horse';
              form.requestSubmit();
            })()
            """);
        await page.UntilAsync("document.querySelector('#live').textContent === 'live' && document.querySelector('#generation').textContent === '1'");
        Assert.True((await page.EvaluateAsync(Use)).GetBoolean());

        var edits = 0;
        for (var restart = 1; restart <= restarts; restart++)
        {
            var pid = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(pid);
            await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"(document.querySelector('#generation').textContent === '{restart + 1}' && report.edits > {edits}) || report.failed.length > 0"));
            edits = (await page.EvaluateAsync("report.edits")).GetInt32();
        }
        await page.EvaluateAsync("window.enough = true, work");
        Assert.Equal("[]", (await page.EvaluateAsync("JSON.stringify(report.failed)")).GetString());
        Assert.InRange(edits, restarts, int.MaxValue);

        // A change that the page did not make by its own controls: the last generation tells it.
        await page.EvaluateAsync("fetch('/api/todos', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{\"text\":\"from elsewhere\"}' }).then(() => expected.set('from elsewhere', ''))");
        await page.UntilAsync("item('from elsewhere')");

        var expected = (await page.EvaluateAsync("JSON.stringify([...expected])")).GetString();
        const string shown = "JSON.stringify([...document.querySelectorAll('li')].map(li => [li.querySelector('span').textContent, li.className]))";
        Assert.Equal(expected, (await page.EvaluateAsync(shown)).GetString());
        await page.EvaluateAsync("setTimeout(() => location.reload())");
        await page.UntilAsync("typeof expected === 'undefined' && document.querySelector('#live')?.textContent === 'live' && document.querySelectorAll('li').length > 0");
        Assert.Equal(expected, (await page.EvaluateAsync(shown)).GetString());
        Assert.Equal("ada, ", (await page.EvaluateAsync("document.querySelector('#user').textContent")).GetString());
    }
}
