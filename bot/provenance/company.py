"""The host of a company's mail addresses, told from the address in somebody's workspace profile."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANYWHERE = _words(
    "aol fastmail freenet gmail gmx googlemail hotmail icloud laposte libero live msn outlook posteo proton protonmail"
    " rediffmail rocketmail terra tiscali tuta tutamail tutanota uol virgilio wanadoo yahoo yandex ymail zoho"
)
"""Providers of mail for everybody, whatever stands behind the dot."""
_HOSTS = _words(
    "me.com mac.com pm.me web.de t-online.de arcor.de online.de email.de mail.de mailbox.org email.com mail.com usa.com"
    " free.fr orange.fr sfr.fr neuf.fr bbox.fr numericable.fr ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl xs4all.nl"
    " upcmail.nl telfort.nl chello.nl casema.nl quicknet.nl caiway.nl telenet.be skynet.be proximus.be scarlet.be"
    " bluewin.ch hispeed.ch sunrise.ch aon.at chello.at a1.net telefonica.net movistar.es ono.com orange.es"
    " hey.com duck.com hushmail.com inbox.com inbox.lv mail.ru bk.ru list.ru inbox.ru internet.ru rambler.ru ukr.net"
    " i.ua meta.ua seznam.cz centrum.cz email.cz wp.pl o2.pl onet.pl interia.pl op.pl gazeta.pl abv.bg"
    " qq.com foxmail.com 163.com 126.com yeah.net 139.com sina.com sina.cn sohu.com aliyun.com naver.com daum.net"
    " hanmail.net nate.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net"
    " earthlink.net juno.com optonline.net shaw.ca rogers.com bell.net sympatico.ca telus.net bigpond.com"
    " optusnet.com.au xtra.co.nz"
    " btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk bol.com.br ig.com.br globo.com"
    " alice.it tin.it tim.it fastwebnet.it sapo.pt netcabo.pt mail.ee hot.ee telia.com spray.se online.no"
)


def company_domain(email: str) -> str:
    """The host of an address, where not everybody can have one; else empty."""
    name, _, host = email.strip().lower().rpartition("@")
    is_anybodys = host in _HOSTS or host.partition(".")[0] in _ANYWHERE or host == "privaterelay.appleid.com"
    return host if name and "." in host and host.isascii() and not is_anybodys else ""
