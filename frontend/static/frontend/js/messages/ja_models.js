// @ts-check
/** 付属のモデルの説明。 */

/** Of some models, what the server says and the same in Japanese. @type {import("../model_words.js").Words[]} */
export const words = [
  [["ocr"], {
    "Read text": "文字を読み取る",
    "Reads the printed text of a photo, line by line, in English, Chinese, Japanese and Korean, whichever way up it lies.":
      "写真に写った印刷文字を一行ずつ読み取ります。英語、中国語、日本語、韓国語に対応し、写真の向きは問いません。",
    "printed only": "印刷のみ",
    "Photos and scans of printed pages, receipts and signs in English, Chinese, Japanese and Korean.":
      "英語、中国語、日本語、韓国語の印刷物、レシート、看板の写真やスキャン。",
    "Handwriting only where it is neat, and none in Korean; no other scripts: letters that are not read are told in a note. Columns whose gutter is narrower than one and a half letters are read across where fewer than four lines stand beside it. Shapes in a picture may be taken for a letter or two.":
      "手書きは丁寧な字だけで、韓国語の手書きは読めません。ほかの文字体系も読めず、読めない文字があればお知らせします。段の間が1文字半より狭く、その横が4行に満たないと、段をまたいで読みます。絵の中の形を1、2文字と取り違えることがあります。",
    "Characters wrong on generated pages of ten lines, in order: 0 % in English and Chinese and 0 to 0.5 % in Japanese, in one to three columns and tables, at 16 to 32 pixels, with noise, JPEG artefacts, turned by any right angle or tilted by up to 15°. Receipts: 0.3 % in English, 0.9 % in Japanese, 0.5 % in Korean, all 1,485 amounts right beside their item, and 1,491 of 1,494 others. Printed Korean: 0.2 % on average, 2.5 % on the worst page; with English words in it 0.2 % and 1.3 %. Version 1 reads columns across.":
      "10行の生成ページで、順序も含めて誤った文字：英語と中国語0%、日本語0〜0.5%（1〜3段と表、16〜32ピクセル、ノイズ、JPEGの劣化、直角の回転、15°までの傾き）。レシート：英語0.3%、日本語0.9%、韓国語0.5%。1,485件の金額はすべて正しく品目の隣にあり、別の1,494件では1,491件でした。印刷された韓国語：平均0.2%、最悪のページで2.5%。英単語が混じると0.2%と1.3%。バージョン1は段をまたいで読みます。",
    "A page of ten lines takes 1 to 1.5 s of one core, up to 3.5 s where it has to be turned; a page of 200 lines 17 s.":
      "10行のページに1コアで1〜1.5秒、向きを直すときは3.5秒まで。200行のページは17秒。",
    "400 to 640 MiB; up to 1.1 GiB for a page of 50 megapixels.":
      "400〜640MiB。5,000万画素のページでは1.1GiBまで。",
  }],
  [["ocr-fast"], {
    "Read text, fast": "文字を速く読み取る",
    "Reads the printed text of a photo, line by line, in English, Chinese and Korean, with smaller networks than ocr.":
      "写真に写った印刷文字を一行ずつ読み取ります。英語、中国語、韓国語に対応し、「文字を読み取る」より小さなネットワークを使います。",
    "Many printed pages in English, Chinese or Korean where time counts more than the last letter.":
      "最後の一文字より時間が大切な、英語、中国語、韓国語のたくさんの印刷物。",
    "Knows no Japanese. Photos of real pages were not measured.":
      "日本語は読めません。実際の紙の写真では測定していません。",
    "Characters wrong, in order, on 110 generated pages of ten lines, in every layout, at 16 to 32 pixels, clean, noisy, tilted and turned: 0.0 % in English and Chinese, the worst page 0.7 %; 0.3 % in Korean, the worst 2.0 %; 0.4 % in Korean with English, but for one page in narrow columns that is read across. Receipts: 0.5 % in English, 1.5 % in Korean, 986 of 990 amounts right beside their item.":
      "10行の生成ページ110枚（さまざまな配置、16〜32ピクセル、鮮明、ノイズ、傾き、回転）で、順序も含めて誤った文字：英語と中国語0.0%、最も悪いページ0.7%。韓国語0.3%、最も悪いページ2.0%。英語交じりの韓国語0.4%。ただし段の間が狭い1枚は横切って読みました。レシート：英語0.5%、韓国語1.5%、金額990個のうち986個が品目とともに正解。",
    "A page of ten lines takes 0.2 to 0.4 s of one core, in Korean 0.9 s.": "10行の1ページに1コアで0.2〜0.4秒、韓国語は0.9秒。",
    "About 400 MiB.": "約400MiB。",
  }],
  [["ocr-korean"], {
    "Read Korean": "韓国語を読み取る",
    "Reads the printed text of a photo, line by line, in Korean and English.":
      "写真に写った韓国語と英語の印刷文字を一行ずつ読み取ります。",
    "Printed pages in Korean, with English words among them.": "英単語の混じった韓国語の印刷物。",
    "Print only: no handwriting. No Chinese or Japanese beyond the signs that Korean print uses.":
      "印刷のみで、手書きは読めません。韓国語の印刷物で使われるもの以外の漢字や日本語は読めません。",
    "88 % of lines right on its authors' own set; not measured here. The file was not at hand: its code was tried with stand-ins of its shape only.":
      "作者のデータで行の88%が正解。ここでは測定していません。ファイルが手元になく、同じ形の代用品でコードだけを試しました。",
    "Not measured here; the network is as large as that of ocr, which takes 1 to 1.5 s of one core for a page of ten lines.":
      "ここでは測定していません。ネットワークの大きさは「文字を読み取る」と同じで、そちらは10行のページに1コアで1〜1.5秒かかります。",
    "Not measured here; ocr takes 450 MiB.": "ここでは測定していません。「文字を読み取る」は450MiBです。",
  }],
  [["ocr", "ocr-fast", "ocr-korean"], {
    "text-recognition": "文字認識",
  }],
  [["ocr-fast", "ocr-korean"], {
    "printed": "印刷",
  }],
  [["background-removal"], {
    "Remove the background": "背景を消す",
    "Hair and fur come out soft and in part; glass is not see-through. Where several things could be meant it may choose another one than you: say where it is with a rectangle. In noise, text and patterns it may find a subject that is none.":
      "髪や毛は一部だけがやわらかく残り、ガラスは透けません。対象になりうるものがいくつもあると別のものを選ぶことがあるので、四角形で場所を示してください。ノイズ、文字、模様から、対象でないものを見つけることがあります。",
    "Mean overlap (IoU) with outlines drawn by hand on fourteen photos: 0.98, the worst 0.95 (a cat's head, near), also 0.98 on the seven that no threshold was chosen on; F-measure of edges within 3 pixels: 0.87.":
      "14枚の写真に手で描いた輪郭との重なり（IoU）：平均0.98、最悪で0.95（近くの猫の頭）。しきい値を決めるのに使わなかった7枚でも0.98。縁から3ピクセル以内のF値：0.87。",
    "1.3 s of one core for 512 × 512 pixels, 3.3 s for 12 megapixels, decoding and encoding included.":
      "512 × 512ピクセルに1コアで1.3秒、1,200万画素に3.3秒。読み込みと保存を含みます。",
    "About 500 MiB, of which 290 MiB are kept for the next photo; 430 MiB for 12 megapixels.":
      "約500MiBで、そのうち290MiBは次の写真のために残します。1,200万画素で430MiB。",
    "Left": "左",
    "Top": "上",
    "Width": "幅",
    "Height": "高さ",
    "Iterations": "繰り返し",
    "How many times GrabCut improves its cut.": "GrabCutが切り抜きを整える回数。",
    "Subject": "対象",
    "Where the subject is: left, top, width and height in pixels of the upright image. By default all but a margin of 5 %.":
      "対象の場所：正しい向きにした写真での左、上、幅、高さ（ピクセル）。空のままなら、周囲5%を除いた全体。",
  }],
  [["background-removal-isnet"], {
    "Remove the background, finer": "背景をより細かく消す",
    "For use that earns no money only. Slower and larger than background-removal; hair and fur come out soft and in part.":
      "収益を得ない用途に限ります。「背景を消す」より遅く、大きなモデルです。髪や毛は一部だけがやわらかく残ります。",
    "Not measured here. The file was not at hand: its code was tried with a stand-in of its shape only.":
      "ここでは測定していません。ファイルが手元になく、同じ形の代用品でコードだけを試しました。",
    "Not measured here; several times that of background-removal.":
      "ここでは測定していません。「背景を消す」の数倍です。",
    "Not measured here; its weights alone are 179 MB.":
      "ここでは測定していません。重みだけで179MBです。",
  }],
  [["background-removal", "background-removal-isnet"], {
    "Cuts out the main subject of a photo; everything around it becomes transparent.":
      "写真の主な対象を切り抜き、まわりをすべて透明にします。",
    "background-removal": "背景の削除",
    "Photos of one thing, animal or person, or of several close together, at any size; people may be cut off by the edges.":
      "物、動物、人が一つ、または近くに集まった写真。大きさは問わず、人が端で切れていてもかまいません。",
    "Background": "背景",
    "What comes in its place: transparent, blur, or a color such as #ffffff.":
      "代わりに入れるもの：transparent（透明）、blur（ぼかし）、または #ffffff のような色。",
    "Result": "結果",
    "The subject cut out, or its mask: white where it is, black around it.":
      "切り抜いた対象、またはマスク：対象は白、まわりは黒。",
    "cutout": "切り抜き",
    "mask": "マスク",
    "Crop to the subject": "対象に合わせて切り取る",
    "File format": "ファイル形式",
    "PNG keeps every pixel, WebP is much smaller.": "PNGはすべてのピクセルを保ち、WebPはずっと小さくなります。",
    "Where the subject is": "対象の場所",
    "If another thing was found: left, top, width and height in pixels of the upright photo.":
      "別のものが見つかったとき：正しい向きにした写真での左、上、幅、高さ（ピクセル）。",
  }],
  [["style-transfer"], {
    "Paint in a style": "画風で描く",
    "Paints a photo in the style of a preset, or of another photo or painting of yours.":
      "用意された画風や、自分の別の写真や絵の画風で写真を描きます。",
    "Photos painted like a preset or like a picture of one's own.":
      "用意された画風や自分の絵のように描いた写真。",
    "It carries over colors and strokes, not the shapes that a painter would choose; faces are not kept alike.":
      "色と筆づかいは移しますが、画家が選ぶような形までは移しません。顔は似たままにはなりません。",
    "In a network that it does not use, paintings come to 0.64 of the distance from the style that is left where colors alone are moved (0.53 to 0.82 by style; 44 paintings of four photos).":
      "このモデルが使わないネットワークで見ると、色だけを移したときに残る画風との距離の0.64まで近づきます（画風により0.53〜0.82、写真4枚の絵44点）。",
    "0.2 s of one core for 512 × 512 pixels, 2 s for 12 megapixels with reading and writing.":
      "512 × 512ピクセルに1コアで0.2秒、1,200万画素に読み書きを含めて2秒。",
    "About 470 MiB for 12 megapixels.": "1,200万画素で約470MiB。",
    "Style": "画風",
    "What it is painted like.": "何のように描くか。",
    "stained-glass": "ステンドグラス",
    "ink": "水墨画",
    "charcoal": "木炭画",
    "woodblock": "木版画",
    "cubism": "キュビスム",
    "water-lilies": "睡蓮",
    "starry-night": "星月夜",
    "mosaic": "モザイク",
    "tiles": "タイル",
    "pop-art": "ポップアート",
    "paper-cut": "切り絵",
    "Your own style": "自分の画風",
    "Another image of yours, by its id: it is painted like that one, and Style does not count.":
      "自分の別の写真。その写真のように描き、「画風」は使いません。",
    "How much of the style: at 0 the photo is painted in its own.":
      "画風の強さ。0では写真そのものの画風で描きます。",
  }],
  [["style-adain"], {
    "Paint like an artist": "画家のように描く",
    "Paints a photo with the decoder of an artist, like a picture of theirs or of yours.":
      "ある画家のデコーダーで、その画家の絵や自分の絵のように写真を描きます。",
    "Photos painted by a decoder that was trained for an artist, like a picture of theirs or one of your own.":
      "ある画家に合わせて学習したデコーダーが、その画家の絵や自分の絵のように描いた写真。",
    "It brings no weights: your operator puts the encoder and an artist's decoder into its folder. How it looks depends on the decoder.":
      "重みは付属しません。運用者がエンコーダーと画家のデコーダーをフォルダーに置きます。仕上がりはデコーダーによります。",
    "Its arithmetic agrees with an independent reference to 0.0001 on seeded weights; how paintings look was not measured, since no published weights may be shipped.":
      "決まった乱数の重みで、計算は独立した参照実装と0.0001まで一致します。公開された重みを同梱できないため、絵の見た目は測定していません。",
    "Artist": "画家",
    "Whose decoder paints.": "だれのデコーダーで描くか。",
    "Picture to paint like": "手本にする絵",
    "Another image of yours, by its id. Without it an artist's own picture counts, where there is one.":
      "自分の別の写真。選ばなければ、画家の絵があればそれを使います。",
    "How much of the style: at 0 nothing but the decoder changes the photo.":
      "画風の強さ。0ではデコーダーだけが写真を変えます。",
  }],
  [["style-transfer", "style-adain"], {
    "style-transfer": "画風の変換",
    "Strength": "強さ",
    "Fineness": "細かさ",
    "The longest side, in pixels, at which it is painted: the larger, the finer the strokes.":
      "描くときの長辺のピクセル数。大きいほど筆づかいが細かくなります。",
    "Keep the photo's colors": "写真の色を保つ",
    "Paints brightness only, and leaves colors as they are in the photo.":
      "明るさだけを描き、色は写真のままにします。",
  }],
  [["digits"], {
    "Read a digit": "数字を読み取る",
    "Tells which handwritten digit a photo shows: one digit, dark on light or light on dark.":
      "写真に写った手書きの数字一つが何かを答えます。明るい地に暗い数字でも、その逆でもかまいません。",
    "One handwritten digit from 0 to 9, dark on light or light on dark, anywhere in the photo and from an eighth of its height up.":
      "手書きの0から9までの数字一つ。明るい地に暗い数字でもその逆でも、写真のどこにあっても、写真の高さの8分の1以上あれば読み取れます。",
    "One digit alone: a number of several, letters and photos of anything else are read as some digit. The digits that it has learned from are those of 13 people; forms that they do not use, such as a 7 without a bar, were drawn by this project. In pencil one of ten is read wrong with the edge of a shadow across the paper, and one of three in a dark photo.":
      "数字一つだけです。複数桁の数、文字、ほかの写真も何かの数字として読みます。13人が書いた数字で学習し、その人たちが使わない形（横棒のない7など）はこのプロジェクトが描きました。鉛筆の字は、紙に影の境目があると10個に1個、暗い写真では3個に1個を間違えます。",
    "99.7 % of 359 digits that it has not seen (every fifth of the 1,797), and 93.5 % of random photos made of these, small, dim, noisy and shaded ones included. Of 100 photos of drawn digits on paper all are right, dark on light and light on dark, and 199 of 200 with the edge of a shadow across the paper.":
      "見たことのない数字359個（1,797個の5個ごと）の99.7%、小さいもの、暗いもの、ノイズや影のあるものを含めてそこから作った無作為な写真の93.5%。紙に描いた数字の写真100枚は、地が明るくても暗くてもすべて正解で、紙に影の境目があるものは200枚中199枚が正解でした。",
    "About 0.01 s of one core, and for version 1 as much.": "1コアで約0.01秒。バージョン1も同じです。",
    "About 90 MiB; version 1, in PyTorch, 270 MiB.": "約90MiB。PyTorchを使うバージョン1は270MiB。",
  }],
  [["classify"], {
    "Name what is shown": "写っているものを言う",
    "Names what a photo shows, with the five most likely of 1,000 names.":
      "写真に写っているものを、1,000の名前からもっともらしい5つで答えます。",
    "Sorting photos of single things: animals, plants, food, vehicles, household and other things.":
      "動物、植物、食べ物、乗り物、日用品など、一つのものを写した写真の分類。",
    "One of ImageNet's 1,000 names is given to everything. People, text, drawings and whole scenes have none: a portrait is named after what is worn or held.":
      "何にでもImageNetの1,000の名前のどれかが付きます。人、文字、絵、風景全体を表す名前はなく、人物写真には着ているものや持っているものの名前が付きます。",
    "Its authors tell 75.1 % of ImageNet's validation photos right. Of 14 photos, for which the names that a person would accept were written down before, 13 get one of them first, and all get one among five.":
      "作者によると、ImageNetの検証用写真の75.1%が正解です。納得できる名前を先に書いておいた写真14枚のうち、13枚ではその名前が最初に、14枚すべてで5つの中にありました。",
  }],
  [["moderation"], {
    "Moderation": "不適切な写真の確認",
    "How likely a photo is sexually explicit. Between 0.2 and 0.8 a person should look; drawings and violence are not judged.":
      "写真が性的に露骨である可能性を答えます。0.2から0.8の間は人が見るべきです。絵や暴力は判定しません。",
    "moderation": "不適切な写真の確認",
    "Finding photos that a person should look at before others see them.":
      "ほかの人が見る前に人が確かめるべき写真を見つけること。",
    "It tells sexually explicit photos from others and nothing else: below 0.2 they are almost surely not, above 0.8 almost surely, and in between a person must look. It does not judge drawings or violence.":
      "性的に露骨な写真かどうかだけを見分けます。0.2未満ならほぼ確実に違い、0.8を超えるとほぼ確実で、その間は人が見る必要があります。絵や暴力は判定しません。",
    "Of 18 harmless photos, four of people, none has a score above 0.02; explicit ones were not measured. The score differs by a few hundredths from the original's, which was trained on photos that had been saved as JPEG once more.":
      "人物4枚を含む無害な写真18枚の点数は、どれも0.02以下でした。性的な写真では測定していません。JPEGでもう一度保存した写真で学習した元のモデルとは、点数が百分の数ほど異なります。",
  }],
  [["classify", "digits"], {
    "classification": "分類",
  }],
  [["classify", "moderation"], {
    "About 0.03 s of one core.": "1コアで約0.03秒。",
    "About 150 MiB.": "約150MiB。",
  }],
  [["page-orientation"], {
    "Which way up a page lies": "ページの向きを調べる",
    "By how many degrees a page of text is turned clockwise: 0, 90, 180 or 270.":
      "文字のあるページが時計回りに何度回っているか：0、90、180、270。",
    "orientation": "向き",
    "Pages with several lines of text: by how many degrees they are turned clockwise.":
      "文字が数行あるページが時計回りに何度回っているか。",
    "In steps of 90 degrees. It is wrong about one Korean page in six, with scores of up to 0.9; ocr reads such pages both ways instead. It says something of pictures without text too, which means nothing.":
      "90度単位です。韓国語のページは6枚に1枚ほど間違え、その点数が0.9に達することもあります。「文字を読み取る」はそのようなページを両方の向きで読みます。文字のない写真にも答えますが、意味はありません。",
    "335 of 350 generated pages of three and more lines right, in every layout, clean, noisy and tilted: all 214 in English, Japanese and Chinese, 64 of 78 in Korean, 57 of 58 in Korean with English.":
      "鮮明なもの、ノイズや傾きのあるもの、さまざまな配置の、3行以上の生成ページ350枚のうち335枚が正解。英語、日本語、中国語は214枚すべて、韓国語は78枚中64枚、英語交じりの韓国語は58枚中57枚。",
    "0.04 s of one core.": "1コアで0.04秒。",
    "About 105 MiB.": "約105MiB。",
  }],
  [["upscale"], {
    "Enlarge, crisp": "くっきり拡大",
    "Enlarges a picture two or four times: text and drawings come out crisp, photos smooth, as if painted. Results have at most 16 megapixels.":
      "画像を2倍か4倍に拡大します。文字や絵はくっきりし、写真は描いたようになめらかになります。結果は1,600万画素までです。",
    "Small pictures of text, drawings and screens, enlarged two or four times.":
      "文字、絵、画面の小さな画像を2倍か4倍に拡大すること。",
    "Text, drawings and hard edges come out crisp and without the noise of JPEG; in photos skin and grain become smooth, as if painted. Results have at most 16 megapixels.":
      "文字、絵、はっきりした縁はJPEGのノイズなしにくっきりし、写真では肌や粒子が描いたようになめらかになります。結果は1,600万画素までです。",
    "Halved and enlarged again, a page of text is 5.9 dB nearer to the original than by plain (Lanczos) enlarging and a photo of a page 0.8 dB; four photos are 0.3 to 2.7 dB farther from it.":
      "半分に縮めてから拡大し直すと、通常の拡大（Lanczos）より文字のページは5.9dB、ページを撮った写真は0.8dB元の画像に近く、ほかの写真4枚は0.3〜2.7dB遠くなります。",
    "8 to 11 s of one core for each megapixel that goes in.": "入力100万画素ごとに1コアで8〜11秒。",
  }],
  [["upscale-esrgan-slim"], {
    "Enlarge, gently": "やさしく拡大",
    "Enlarges a photo two or four times and keeps its look. Results have at most 16 megapixels.":
      "写真の雰囲気を保ったまま2倍か4倍に拡大します。結果は1,600万画素までです。",
    "Photos enlarged two or four times with their own look.": "写真を雰囲気そのままに2倍か4倍に拡大すること。",
    "Not sharper than plain enlarging. Results have at most 16 megapixels.":
      "通常の拡大より鮮明にはなりません。結果は1,600万画素までです。",
    "Halved and enlarged again, six pictures are 0.2 to 1.2 dB farther from the original than by plain (Lanczos) enlarging.":
      "半分に縮めてから拡大し直すと、6枚の画像が通常の拡大（Lanczos）より元の画像から0.2〜1.2dB遠くなります。",
    "2.5 to 4 s of one core for each megapixel that goes in, five times that for four times.":
      "入力100万画素ごとに1コアで2.5〜4秒、4倍の拡大ではその5倍。",
  }],
  [["upscale", "upscale-esrgan-slim"], {
    "upscaling": "拡大",
    "Times": "倍率",
    "How many times as wide and high the result is.": "結果の幅と高さが何倍か。",
    "About 300 MiB.": "約300MiB。",
  }],
];
