"""`{% url %}` as templates know it, but the pages of records stand where their reader has them
(`records.addresses`). The settings put it in place of Django's, so that no template can forget.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as plain

from records import addresses

register = template.Library()


class _Moved(URLNode):
    def render(self, context: template.Context) -> Any:
        """Written out, or kept under the name that stands behind `as`."""
        name = str(self.view_name.resolve(context))
        shown = super().render(context)
        if self.asvar:
            if context[self.asvar]:
                context[self.asvar] = addresses.moved(name, context[self.asvar])
            return ""
        return addresses.moved(name, shown)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """See Django's."""
    made = plain(parser, token)
    return _Moved(made.view_name, made.args, made.kwargs, made.asvar)
