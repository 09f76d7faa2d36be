"""Chinese forms of letters that Japanese writes otherwise.

The recogniser knows both and takes one for the other where letters are small. Old forms that
Japanese still prints, as in the names 德田 and 森鷗外, are none of them.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

_CHINESE: Final = (
    "专业丛东丝两严丧丰临为丽举义乌乐乔习乡书买亚产亩亲亿仅仓仪众优伞伟传伤伦伪佣侣侦侧侨俭债值倾"
    "偿储內兰关兴养兽冈军农冻净减凑凤凯击划刘则刚创别剂剑剧劝务动劳势勋华协单卖卧卫厅历压厌县发变"
    "叠叹吓吕吨启吳吴呗员响哑唤喷团园围图圆圣场块坚坛坟坠垒垦壳处备复头夺奋奖妆妇姬娄婴孙宁实宠审"
    "宪宫宽宾对寻导尔尘尝尧层岁岚岛岭币帅师帐帘带庆库应庙废开异张弹强归录彥彻忆忧怀态总恳恶恼悅悬"
    "惊惩惯愤戏战戶户扑执扩扫扬扰抚护报拟拥择挥损换搅摄摇敌斋斩时昙显晓暂术杀杂权杨极构枪枫查栅标"
    "栈栉栋栌栏树样桥桦检棱樱橹欢歲毕汉污汤沟泷泽洁洼浊测济浓涂涟涡润涧涩渍渐渔溃溼满滥滨滩濑濒灭"
    "灵灶灾灿炼烛烦烧热爱爷牵牺狈狮狱猎环现玺產电畅疗盐监盘矫矶矿砚础硕确碱祯祸离秃种积稅稳穷窑窥"
    "竞笃笔简类粪紧絕纠红纤约级纪纬纮纯纱纲纳纵纷纸纹纺纽线绀练组绅细织终绍经结绘给绚络绝绞统绢绣"
    "继绩绪绫续绯绳维绵绶综绽绿缀缅缐缓缔编缘缚缝缟缠缩缮缲罗罚罢羡聋职联聪肃肠肤肾肿胀胁胜脑脓脫"
    "腳腾舆舰艺节芜苇苍苎苏茑茧荆荞荡荣荫药莲莳获菸萤营萨蓝蔥虏虑虾蚀蚁蜡补袄袭见观规视览觉誊說计"
    "订认讨让训议讯记讲许论讼设访诀证评识诈诉诊词诏译试诗诘诚话诞诠诣该详诧语误诱说请诸诹诺读诽课"
    "谁调谅谈谊谋谍谒谓谕谚谛谜谢谣谦谨谬谱貓贝贞负贡财责贤败货质贩贫购贮贯贰贳贴贵贷贸费贺贼贿赁"
    "赂资赈赋赌赏赐赔赖赝赞赠趋跃车轨轩转轮软轰轴轻载较辅辈辉辑输辔辖辙辩边辽达迁过运还这进远违连"
    "迟适选逊递遗邮邻郑鄉酦酱酿释鉴銳针钉钏钓钝钟钢钦钱钲钴钵铁铃铅铎铜铠铣铫铭铳银铸铺锁锄锅锋锐"
    "锖错锚锡锤锥锦锭键锯锷锹锺锻镀镇镜镝镫长閱门闪闭问闰间闷闻阀阁阅队阳阴阵阶际陆陈险隐难雏雾韩"
    "页顶顷项顺须顽顾顿颁预领颇频颖题颚颜额颠风飞飨饥饭饮饰饱饲饴饵饼饿馆马驯驰驱驳驹驻驾驿骂验骏"
    "骑骚鱼鲁鲇鲋鲑鲔鲛鲜鲣鲤鲭鲷鲸鳅鳍鳕鳗鳞鳟鸟鸠鸡鸢鸣鸥鸨鸭鸳鸿鹄鹈鹉鹏鹤鹫鹭鹰齐齿龄龙龟"
)
"""Letters that JIS X 0208 lacks, and that Japanese does not print in names or books either."""
_JAPANESE: Final = (
    "専業叢東糸両厳喪豊臨為麗挙義烏楽喬習郷書買亜産畝親億僅倉儀衆優傘偉伝傷倫偽傭侶偵側僑倹債値傾"
    "償儲内蘭関興養獣岡軍農凍浄減湊鳳凱撃劃劉則剛創別剤剣劇勧務動労勢勲華協単売臥衛庁歴圧厭県発変"
    "畳嘆嚇呂噸啓呉呉唄員響唖喚噴団園囲図円聖場塊堅壇墳墜塁墾殻処備復頭奪奮奨粧婦姫婁嬰孫寧実寵審"
    "憲宮寛賓対尋導爾塵嘗尭層歳嵐島嶺幣帥師帳簾帯慶庫応廟廃開異張弾強帰録彦徹憶憂懐態総懇悪悩悦懸"
    "驚懲慣憤戯戦戸戸撲執拡掃揚擾撫護報擬擁択揮損換撹摂揺敵斎斬時曇顕暁暫術殺雑権楊極構槍楓査柵標"
    "桟櫛棟櫨欄樹様橋樺検稜桜櫓歓歳畢漢汚湯溝滝沢潔窪濁測済濃塗漣渦潤澗渋漬漸漁潰湿満濫浜灘瀬瀕滅"
    "霊竃災燦煉燭煩焼熱愛爺牽犠狽獅獄猟環現璽産電暢療塩監盤矯磯鉱硯礎碩確鹸禎禍離禿種積税穏窮窯窺"
    "競篤筆簡類糞緊絶糾紅繊約級紀緯紘純紗綱納縦紛紙紋紡紐線紺練組紳細織終紹経結絵給絢絡絶絞統絹繍"
    "継績緒綾続緋縄維綿綬綜綻緑綴緬線緩締編縁縛縫縞纏縮繕繰羅罰罷羨聾職連聡粛腸膚腎腫脹脅勝脳膿脱"
    "脚騰輿艦芸節蕪葦蒼苧蘇蔦繭荊蕎蕩栄蔭薬蓮蒔獲煙蛍営薩藍葱虜慮蝦蝕蟻蝋補襖襲見観規視覧覚謄説計"
    "訂認討譲訓議訊記講許論訟設訪訣証評識詐訴診詞詔訳試詩詰誠話誕詮詣該詳詫語誤誘説請諸諏諾読誹課"
    "誰調諒談誼謀諜謁謂諭諺諦謎謝謡謙謹謬譜猫貝貞負貢財責賢敗貨質販貧購貯貫弐貰貼貴貸貿費賀賊賄賃"
    "賂資賑賦賭賞賜賠頼贋賛贈趨躍車軌軒転輪軟轟軸軽載較輔輩輝輯輸轡轄轍弁辺遼達遷過運還這進遠違連"
    "遅適選遜逓遺郵隣鄭郷醗醤醸釈鑑鋭針釘釧釣鈍鍾鋼欽銭鉦鈷鉢鉄鈴鉛鐸銅鎧銑銚銘銃銀鋳舗鎖鋤鍋鋒鋭"
    "錆錯錨錫錘錐錦錠鍵鋸鍔鍬鍾鍛鍍鎮鏡鏑鐙長閲門閃閉問閏間悶聞閥閣閲隊陽陰陣階際陸陳険隠難雛霧韓"
    "頁頂頃項順須頑顧頓頒預領頗頻頴題顎顔額顛風飛饗飢飯飲飾飽飼飴餌餅餓館馬馴馳駆駁駒駐駕駅罵験駿"
    "騎騒魚魯鮎鮒鮭鮪鮫鮮鰹鯉鯖鯛鯨鰍鰭鱈鰻鱗鱒鳥鳩鶏鳶鳴鴎鴇鴨鴛鴻鵠鵜鵡鵬鶴鷲鷺鷹斉歯齢竜亀"
)
"""Its letters for them, in the same order."""
FORMS: Final = str.maketrans(_CHINESE, _JAPANESE)
SEVERAL: Final = 2
_OTHERS: Final = frozenset(_CHINESE)


def in_japanese(texts: Mapping[int, str]) -> dict[int, str]:
    """The lines of a Japanese page in its forms.

    Where a line without kana has several Chinese forms, the page is in both languages as signs are:
    then all without kana stay. So does a line with two of them side by side, which quotes Chinese:
    those that are misread stand alone.
    """
    counts = {line: sum(map(_OTHERS.__contains__, text)) for line, text in texts.items()}
    japanese = {line for line, text in texts.items() if any(map(_is_kana, text))}
    is_one = all(count < SEVERAL for line, count in counts.items() if line not in japanese)
    return {
        line: texts[line].translate(FORMS)
        for line, count in counts.items()
        if count and (is_one or line in japanese) and not _quotes(texts[line])
    }


def _quotes(text: str) -> bool:
    return any(one in _OTHERS and other in _OTHERS for one, other in pairwise(text))


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30fe" and letter != "\N{KATAKANA MIDDLE DOT}"
