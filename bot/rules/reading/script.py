"""The text as the readers see it: simplified, half-width, lower case, and exactly as long as what was typed."""

import re

TRADITIONAL = (
    "並乾亂亞佈佔併來侷倉個們側備傢債僅價儀億儘償優內兩凈凍剋剛劃動務勞匯區協卽厤員問啓啟喫單嗎噸噹嚮嚴國圍園圓圖垻埰報場塊塵墊墳墻壓壞壩夠夥學寀實審將專對導層峯島嵗巖師帶幣幫幷幹幾庫廠"
    "廢弔張強彙後從復徵態慶懇應懸戶捨掛採揚換損搶撓撥擋據擬擱擺攏攔攤攬敎數斷於昇時暫曆曏書會東査桿條棄棟業極榦構樁樑樓標樣橋機檢檯歐歲歷殭氣汙決沒沖況淨減測湧準溫滙滯滿漲澆澇瀝災為無煩"
    "熱燈營爐爛爭爲牆牽狹獲現環產産畝畢異當痠發盞盡監眾睏確磚礎礦禮稅稈種穀積穩穫窯竪箇節築簽籌籤籲糾約紅納紙級紛紮細終組結絡給統綁經綜綠綫網綿緊緑線編緩縣縮總織續纍纔纜罰羣聖聯聽脩臘臨"
    "臺與舉舖舘萬蓋藍處號虧蟄衆衕衝裏補裝裡製複襬覈見規視覽觀訂計託訪設許訴診註証評試該誕誤說説誰調談請論講謝證譟議護變讓豎豐負財貨貫責貴買貸費貼資賣質賬賴購賽趕踰車軌軍軟較輛輸轉辦農迴"
    "這連週進運過達違遲遷還邊鄉釐釘鉆銀銷鋪鋼錢錯鍋鍵鎊鎭鎮鏇鏈鐵鑽長門開閑閒間閘閤闆關陞陰陸陽隊階際隻雙雜離難電霧靈靜鞦韆韓響頂頃項順須預領頭頸頻顆題額願風颱飾餘館馬駐騰驗驚體髮鬚鬧麪"
    "麫麵麼麽黃點黨鼕齊齣龍"
)
SIMPLIFIED = (
    "并干乱亚布占并来局仓个们侧备家债仅价仪亿尽偿优内两净冻克刚划动务劳汇区协即历员问启启吃单吗吨当向严国围园圆图坝采报场块尘垫坟墙压坏坝够伙学采实审将专对导层峰岛岁岩师带币帮并干几库厂"
    "废吊张强汇后从复征态庆恳应悬户舍挂采扬换损抢挠拨挡据拟搁摆拢拦摊揽教数断于升时暂历向书会东查杆条弃栋业极干构桩梁楼标样桥机检台欧岁历僵气污决没冲况净减测涌准温汇滞满涨浇涝沥灾为无烦"
    "热灯营炉烂争为墙牵狭获现环产产亩毕异当酸发盏尽监众困确砖础矿礼税秆种谷积稳获窑竖个节筑签筹签吁纠约红纳纸级纷扎细终组结络给统绑经综绿线网绵紧绿线编缓县缩总织续累才缆罚群圣联听修腊临"
    "台与举铺馆万盖蓝处号亏蛰众同冲里补装里制复摆核见规视览观订计托访设许诉诊注证评试该诞误说说谁调谈请论讲谢证噪议护变让竖丰负财货贯责贵买贷费贴资卖质账赖购赛赶逾车轨军软较辆输转办农回"
    "这连周进运过达违迟迁还边乡厘钉钻银销铺钢钱错锅键镑镇镇旋链铁钻长门开闲闲间闸合板关升阴陆阳队阶际只双杂离难电雾灵静秋千韩响顶顷项顺须预领头颈频颗题额愿风台饰余馆马驻腾验惊体发须闹面"
    "面面么么黄点党冬齐出龙"
)

_SAME = {
    " ": "\u3000\xa0\t\r\ue000\ue001\ue002\ue003\ue004\ue005",
    "%": "﹪",
    "—": "─–―",
    "-": "﹣−",
    "~": "〜",
    "〇": "○◯",
}
_TABLE: dict[int, int | str] = {
    **dict.fromkeys((code for code in range(32) if code != 10), " "),
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **{code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)},
    **{ord(one): plain for plain, others in _SAME.items() for one in others},
    **{ord(one): simple for one, simple in zip(TRADITIONAL, SIMPLIFIED, strict=True)},
}
# 24。1%: a full stop typed for the decimal point.
_STOP_FOR_POINT = re.compile(r"(?<=\d)。(?=\d{1,4}(?:%|个?亿|万))")


def plain(text: str) -> str:
    """The text made simple to read, character by character: `plain(text)[i]` stands for `text[i]`."""
    return _STOP_FOR_POINT.sub(".", text.translate(_TABLE))
