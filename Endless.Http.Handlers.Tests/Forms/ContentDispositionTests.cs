namespace Endless.Http.Handlers.Tests.Forms;

/// <summary>Names of fields and files as clients send them; among the cases those that the tests of busboy, python-multipart and Go's mime/multipart are about.</summary>
public sealed class ContentDispositionTests
{
    [Theory]
    [InlineData("form-data; name=\"a\"", "a", null)]
    [InlineData("Form-Data; NAME=a", "a", null)]
    [InlineData("form-data;name=a;filename=b.txt", "a", "b.txt")]
    [InlineData("form-data ; name = \"a\" ;\t filename = \"b.txt\" ;", "a", "b.txt")]
    [InlineData("form-data; ;; name=a", "a", null)]
    [InlineData("form-data; filename=\"b.txt\"; name=\"a\"; other=x", "a", "b.txt")]
    [InlineData("form-data; name=\"\"", "", null)]
    [InlineData("form-data", null, null)]
    [InlineData("form-data; filename=b", null, "b")]
    [InlineData("attachment; name=a; filename=b", null, null)]
    [InlineData("attachment; name=\"a", null, null)]
    [InlineData("form-data; name=a; filename=\"\"", "a", null)]
    // quoted pairs, and what browsers make of quotes
    [InlineData("form-data; name=\"a\\\"b\"; filename=\"c\\\\d\"", "a\"b", "d")]
    [InlineData("form-data; name=\"a%22b\"; filename=\"%22%0D%0A.txt\"", "a%22b", "%22%0D%0A.txt")]
    [InlineData("form-data; name=\"a;b=c\"; filename=\"d; filename=e\"", "a;b=c", "d; filename=e")]
    // directories
    [InlineData("form-data; name=a; filename=\"/etc/passwd\"", "a", "passwd")]
    [InlineData("form-data; name=a; filename=\"../../etc/cron.d/x\"", "a", "x")]
    [InlineData("form-data; name=a; filename=\"C:\\dir\\b.txt\"", "a", "b.txt")]
    [InlineData("form-data; name=a; filename=\"C:\\\\dir\\\\b.txt\"", "a", "b.txt")]
    [InlineData("form-data; name=a; filename=\"..\\..\\b.txt\"", "a", "b.txt")]
    [InlineData("form-data; name=a; filename=\"..\"", "a", null)]
    [InlineData("form-data; name=a; filename=\"dir/\"", "a", null)]
    [InlineData("form-data; name=a; filename=\".bashrc\"", "a", ".bashrc")]
    // UTF-8, as it is and extended
    [InlineData("form-data; name=\"\u00c3\u00a9\"; filename=\"\u00e2\u0082\u00ac.txt\"", "é", "€.txt")]
    [InlineData("form-data; name=\"\u00e9\"", "\ufffd", null)]
    [InlineData("form-data; name=a; filename=\"x.txt\"; filename*=utf-8''n%C3%A4me.txt", "a", "näme.txt")]
    [InlineData("form-data; name=a; filename*=UTF-8'de'n%C3%A4me.txt; filename=\"x.txt\"", "a", "näme.txt")]
    [InlineData("form-data; name=a; filename*=utf-8''..%2F..%2Fb.txt", "a", "b.txt")]
    [InlineData("form-data; name=a; filename*=iso-8859-1''n%E4me.txt; filename=x.txt", "a", "x.txt")]
    [InlineData("form-data; name=a; filename*=utf-8''%zz; filename=x.txt", "a", "x.txt")]
    [InlineData("form-data; name=a; filename*=nonsense", "a", null)]
    [InlineData("form-data; name=\"a\"; filename=\"=?utf-8?B?w6Q=?=\"; filename*=utf-8''%C3%A4", "a", "ä")]
    public async Task Names_are_read(string disposition, string? name, string? fileName)
    {
        var part = (await ReaderOf(disposition).ReadPartAsync())!;
        Assert.Equal((name, fileName), (part.Name, part.FileName));
    }

    [Theory]
    [InlineData("form-data; name=\"a")]
    [InlineData("form-data; name=\"a\\\"")]
    [InlineData("form-data; name=a b")]
    [InlineData("form-data; name")]
    [InlineData("form-data; name=")]
    [InlineData("form-data; =a")]
    [InlineData("form-data; na me=a")]
    [InlineData("form-data; name=\"a\"b")]
    [InlineData("form-data; name=a\"b\"")]
    [InlineData("form-data name=a")]
    [InlineData("")]
    // Others could see the other one.
    [InlineData("form-data; name=a; name=b")]
    [InlineData("form-data; name=a; filename=b; FileName=c")]
    [InlineData("form-data; name=a; filename*=utf-8''b; filename*=utf-8''c")]
    [InlineData("form-data; name=a; filename*=utf-8''a%0Ab")]
    [InlineData("form-data; name=a; filename*=utf-8''a%00.txt")]
    public async Task What_could_be_taken_for_another_is_refused(string disposition) =>
        Assert.Equal(400, (await Assert.ThrowsAsync<HttpErrorException>(async () => await ReaderOf(disposition).ReadPartAsync())).StatusCode);

    [Fact]
    public async Task A_name_of_a_megabyte_is_refused()
    {
        foreach (var name in new[] { "name=" + new string('n', 1 << 20), "name=a; filename=" + new string('n', 1 << 20), "name=" + new string('n', 2049) })
            Assert.Equal(413, (await Assert.ThrowsAsync<HttpErrorException>(async () => await ReaderOf("form-data; " + name).ReadPartAsync())).StatusCode);
        Assert.Equal(2048, (await ReaderOf("form-data; name=" + new string('n', 2048)).ReadPartAsync())!.Name!.Length);
    }

    private static MultipartReader ReaderOf(string disposition) => new(new Pieces(Sent.Bytes(Sent.Part(disposition, "x") + "--b--"), 1000), "b");
}
