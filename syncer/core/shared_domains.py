"""Domains that many people and companies share, so that they say nothing of who somebody is.

Free mail: the large providers worldwide, and the access providers whose customers write with their addresses, gathered from the
providers' own pages. Pages: sites on which companies keep a page. Platforms: services that give each customer a host below their own; the
public suffix list knows many more. What only one company knows, such as an agency's domain, goes into `ignore_domains` of its mapping.
"""

from __future__ import annotations

FREE_MAIL = """
gmail.com googlemail.com outlook.com outlook.jp outlook.de outlook.fr outlook.es outlook.it outlook.in outlook.com.br outlook.com.au
outlook.co.id outlook.co.th outlook.kr outlook.sa outlook.ie outlook.be outlook.dk outlook.at outlook.cl outlook.pt
hotmail.com hotmail.co.uk hotmail.co.jp hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.nl hotmail.be hotmail.ca hotmail.com.br
hotmail.com.ar hotmail.com.tr hotmail.com.au hotmail.se hotmail.no hotmail.dk hotmail.fi hotmail.gr hotmail.ch hotmail.co.th hotmail.co.kr
live.com live.jp live.co.uk live.fr live.de live.it live.nl live.be live.ca live.se live.no live.dk live.com.au live.com.mx live.com.pt
live.in live.cn live.at live.ie live.cl live.com.ar live.co.za msn.com windowslive.com passport.com
yahoo.com yahoo.co.jp ybb.ne.jp yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.in yahoo.co.in yahoo.com.br yahoo.com.ar
yahoo.com.mx yahoo.com.au yahoo.com.hk yahoo.com.tw yahoo.com.sg yahoo.com.ph yahoo.com.vn yahoo.com.my yahoo.com.tr yahoo.com.co
yahoo.com.pe yahoo.co.id yahoo.co.th yahoo.co.kr yahoo.co.nz yahoo.co.za yahoo.gr yahoo.ie yahoo.se yahoo.no yahoo.dk yahoo.pl yahoo.ro
yahoo.cl yahoo.cn yahoo.be yahoo.nl yahoo.at ymail.com rocketmail.com myyahoo.com
icloud.com me.com mac.com privaterelay.appleid.com aol.com aol.co.uk aol.de aol.fr aol.it aol.jp aim.com love.com verizon.net
proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me fastmail.com fastmail.fm
fastmail.jp hey.com zoho.com zohomail.com zohomail.eu zohomail.in zoho.eu zoho.in hushmail.com hush.com hushmail.me mailfence.com
mailbox.org posteo.de posteo.net posteo.org startmail.com runbox.com disroot.org riseup.net duck.com mozmail.com simplelogin.com
simplelogin.fr aleeas.com anonaddy.me anonaddy.com addy.io skiff.com ctemplar.com countermail.com kolabnow.com gmx.com gmx.de gmx.net
gmx.at gmx.ch gmx.us gmx.fr gmx.co.uk gmx.es gmx.org gmx.eu mail.com email.com usa.com myself.com consultant.com europe.com asia.com
dr.com engineer.com post.com techie.com writeme.com iname.com inbox.com lycos.com lycos.co.uk lycos.de lycos.es lycos.it excite.com
juno.com netzero.net netzero.com bigfoot.com care2.com rediffmail.com rediff.com sify.com indiatimes.com in.com mail.ee
mail.ru bk.ru inbox.ru list.ru internet.ru xmail.ru yandex.ru yandex.com yandex.ua yandex.by yandex.kz ya.ru narod.ru rambler.ru lenta.ru
autorambler.ru myrambler.ru ro.ru ukr.net i.ua bigmir.net meta.ua email.ua online.ua tut.by mail.kz
qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com yeah.net 188.com 139.com 189.cn wo.cn sina.com sina.cn vip.sina.com sohu.com
sogou.com tom.com 21cn.com 263.net aliyun.com netease.com hinet.net seed.net.tw pchome.com.tw netvigator.com
naver.com hanmail.net daum.net kakao.com nate.com empal.com korea.com hanafos.com dreamwiz.com chol.com
docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp vodafone.ne.jp t.vodafone.ne.jp d.vodafone.ne.jp h.vodafone.ne.jp
c.vodafone.ne.jp k.vodafone.ne.jp r.vodafone.ne.jp n.vodafone.ne.jp s.vodafone.ne.jp q.vodafone.ne.jp disney.ne.jp ymobile.ne.jp
ymobile1.ne.jp yahoo.ne.jp willcom.com pdx.ne.jp wcm.ne.jp y-mobile.ne.jp emnet.ne.jp emobile.ne.jp uqmobile.jp rakuten.jp
rakumail.jp infoseek.jp goo.jp mail.goo.ne.jp excite.co.jp livedoor.com nifty.com nifty.ne.jp biglobe.ne.jp ocn.ne.jp so-net.ne.jp
so-net.jp plala.or.jp odn.ne.jp odn.ad.jp dion.ne.jp asahi-net.or.jp hi-ho.ne.jp jcom.home.ne.jp jcom.zaq.ne.jp zaq.ne.jp zaq.jp eonet.ne.jp
commufa.jp tcp-ip.or.jp wakwak.com sannet.ne.jp dti.ne.jp tnc.ne.jp mopera.net mineo.jp
web.de t-online.de freenet.de arcor.de online.de 1und1.de magenta.de vodafone.de o2online.de o2mail.de kabelmail.de unitybox.de
ewetel.net ewe.net email.de a1.net aon.at chello.at utanet.at bluewin.ch hispeed.ch sunrise.ch swissonline.ch bluemail.ch
orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr club-internet.fr aliceadsl.fr numericable.fr voila.fr cegetel.net
skynet.be telenet.be proximus.be scarlet.be pandora.be belgacom.net pt.lu luxmail.lu ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl
xs4all.nl upcmail.nl casema.nl chello.nl quicknet.nl zonnet.nl tele2.nl versatel.nl solcon.nl
libero.it virgilio.it alice.it tin.it tim.it tiscali.it inwind.it iol.it blu.it fastwebnet.it email.it poste.it vodafone.it aruba.it
telefonica.net movistar.es terra.es ono.com ya.com orange.es sapo.pt netcabo.pt clix.pt iol.pt mail.pt
btinternet.com btopenworld.com talktalk.net tiscali.co.uk sky.com virginmedia.com virgin.net ntlworld.com blueyonder.co.uk plusnet.com
o2.co.uk orange.net eircom.net vodafone.ie
telia.com bredband.net comhem.se spray.se tele2.se passagen.se online.no broadpark.no getmail.no frisurf.no tdc.dk tdcadsl.dk stofanet.dk
mail.dk jubii.dk youmail.dk kolumbus.fi elisanet.fi luukku.com suomi24.fi saunalahti.fi pp.inet.fi simnet.is
wp.pl o2.pl onet.pl onet.eu op.pl poczta.onet.pl interia.pl interia.eu gazeta.pl tlen.pl vp.pl poczta.fm go2.pl
seznam.cz email.cz post.cz centrum.cz volny.cz atlas.cz quick.cz azet.sk centrum.sk zoznam.sk post.sk pobox.sk
freemail.hu citromail.hu t-online.hu indamail.hu vipmail.hu abv.bg mail.bg dir.bg otenet.gr freemail.gr in.gr hol.gr net.hr inet.hr
siol.net email.si mail.ro k.ro delfi.lv inbox.lv inbox.lt one.lt mail.lt hot.ee online.ee
mynet.com superonline.com turk.net ttmail.com walla.co.il walla.com netvision.net.il bezeqint.net 012.net.il zahav.net.il
maktoob.com emirates.net.ae eim.ae saudi.net.sa link.net tedata.net.eg
comcast.net xfinity.com att.net sbcglobal.net bellsouth.net pacbell.net swbell.net ameritech.net cox.net charter.net spectrum.net rr.com
roadrunner.com twc.com optonline.net optimum.net earthlink.net mindspring.com frontier.com frontiernet.net centurylink.net centurytel.net
q.com windstream.net suddenlink.net cableone.net mediacombb.net embarqmail.com peoplepc.com prodigy.net wowway.com rcn.com
shaw.ca rogers.com bell.net sympatico.ca telus.net videotron.ca cogeco.ca sasktel.net mts.net eastlink.ca aliant.net
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com zipmail.com.br r7.com oi.com.br superig.com.br
prodigy.net.mx terra.com terra.com.mx terra.com.ar terra.cl fibertel.com.ar arnet.com.ar ciudad.com.ar speedy.com.ar infovia.com.ar
vtr.net entelchile.net cantv.net une.net.co etb.net.co
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net dodo.com.au westnet.com.au ozemail.com.au
xtra.co.nz slingshot.co.nz paradise.net.nz clear.net.nz orcon.net.nz vodafone.co.nz
mweb.co.za telkomsa.net webmail.co.za vodamail.co.za iafrica.com absamail.co.za
singnet.com.sg starhub.net.sg pacific.net.sg streamyx.com tm.net.my pldtdsl.net telkom.net plasa.com indosat.net.id
mailinator.com guerrillamail.com yopmail.com 10minutemail.com temp-mail.org sharklasers.com trashmail.com maildrop.cc getnada.com
"""

PAGES = """
facebook.com m.facebook.com fb.com fb.me instagram.com linkedin.com jp.linkedin.com uk.linkedin.com de.linkedin.com fr.linkedin.com
twitter.com x.com youtube.com tiktok.com pinterest.com linktr.ee lit.link medium.com note.com ameblo.jp github.com gitlab.com
sites.google.com docs.google.com drive.google.com maps.google.com g.page goo.gl bit.ly apps.apple.com play.google.com
"""

PLATFORM_NAMES = """
zendesk.com freshdesk.com intercom.help helpscoutdocs.com hubspot.com hs-sites.com force.com salesforce.com sharepoint.com
onmicrosoft.com slack.com atlassian.net notion.so shopify.com thebase.in base.shop stores.jp wix.com weebly.com squarespace.com
tumblr.com blogspot.com wordpress.com jimdo.com jimdofree.com webnode.com strikingly.com
"""

SHARED = frozenset((*FREE_MAIL.split(), *PAGES.split()))
"""Domains that are nobody's own."""

PLATFORMS = frozenset(PLATFORM_NAMES.split())
"""Domains below which each host is of another customer, while the domain itself is the provider's."""
