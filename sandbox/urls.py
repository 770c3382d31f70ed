"""The sandbox's addresses, mounted at /sandbox/ by the site."""

from django.urls import path, register_converter

from sandbox import console


class NumberConverter:
    """A number in E.164."""

    regex = r"\+[0-9]{8,15}"

    def to_python(self, value: str) -> str:
        """Take the number as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Write the number as it is."""
        return value


register_converter(NumberConverter, "e164")

urlpatterns = [
    path("", console.HomePage.as_view(), name="home"),
    path("mail", console.MailPage.as_view(), name="mail"),
    path("mail/<int:key>", console.MailPage.as_view(), name="message"),
    path("phone/<e164:e164>", console.PhonePage.as_view(), name="phone"),
    path("mpesa", console.TrapsPage.as_view(), name="traps"),
    path("api/<path:path>", console.Api.as_view(), name="api"),
]
