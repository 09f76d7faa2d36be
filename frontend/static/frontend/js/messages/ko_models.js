// @ts-check
/** 함께 제공되는 모델의 설명. */

/** Of some models, what the server says and the same in Korean. @type {import("../model_words.js").Words[]} */
export const words = [
  [["ocr"], {
    "Read text": "글자 읽기",
    "Reads the printed text of a photo, line by line, in English, Chinese, Japanese and Korean, whichever way up it lies.":
      "사진 속 인쇄된 글자를 한 줄씩 읽어요. 영어, 중국어, 일본어, 한국어를 읽고, 사진이 돌아가 있어도 괜찮아요.",
    "printed only": "인쇄체만",
    "Photos and scans of printed pages, receipts and signs in English, Chinese, Japanese and Korean.":
      "영어, 중국어, 일본어, 한국어로 된 인쇄물, 영수증, 간판의 사진과 스캔.",
    "Handwriting only where it is neat, and none in Korean; no other scripts: letters that are not read are told in a note. Columns whose gutter is narrower than one and a half letters are read across where fewer than four lines stand beside it. Shapes in a picture may be taken for a letter or two.":
      "손글씨는 또박또박 쓴 것만 읽고, 한국어 손글씨는 읽지 못해요. 다른 문자도 읽지 못하며, 읽지 못한 글자가 있으면 알려 드려요. 단 사이가 한 글자 반보다 좁고 그 옆이 네 줄이 안 되면 단을 가로질러 읽어요. 그림 속 모양을 한두 글자로 잘못 볼 수 있어요.",
    "Characters wrong on generated pages of ten lines, in order: 0 % in English and Chinese and 0 to 0.5 % in Japanese, in one to three columns and tables, at 16 to 32 pixels, with noise, JPEG artefacts, turned by any right angle or tilted by up to 15°. Receipts: 0.3 % in English, 0.9 % in Japanese, 0.5 % in Korean, all 1,485 amounts right beside their item, and 1,491 of 1,494 others. Printed Korean: 0.2 % on average, 2.5 % on the worst page; with English words in it 0.2 % and 1.3 %. Version 1 reads columns across.":
      "열 줄짜리 생성 페이지에서 순서까지 따져 틀린 글자: 영어와 중국어 0%, 일본어 0~0.5%(1~3단과 표, 16~32픽셀, 잡음, JPEG 손상, 직각 회전, 15°까지 기울임 포함). 영수증: 영어 0.3%, 일본어 0.9%, 한국어 0.5%. 금액 1,485개는 모두 맞았고 제 품목 옆에 있어요. 다른 1,494개 중에는 1,491개가 그랬어요. 인쇄된 한국어: 평균 0.2%, 가장 나쁜 페이지 2.5%. 영어 단어가 섞이면 0.2%와 1.3%. 버전 1은 단을 가로질러 읽어요.",
    "A page of ten lines takes 1 to 1.5 s of one core, up to 3.5 s where it has to be turned; a page of 200 lines 17 s.":
      "열 줄짜리 한 쪽에 코어 하나로 1~1.5초, 돌려야 하면 3.5초까지. 200줄짜리 한 쪽은 17초.",
    "400 to 640 MiB; up to 1.1 GiB for a page of 50 megapixels.":
      "400~640MiB. 5천만 화소 페이지는 1.1GiB까지.",
  }],
  [["ocr-fast"], {
    "Read text, fast": "글자 빠르게 읽기",
    "Reads the printed text of a photo, line by line, in English, Chinese and Korean, with smaller networks than ocr.":
      "사진 속 인쇄된 글자를 한 줄씩 읽어요. 영어, 중국어, 한국어를 ‘글자 읽기’보다 작은 신경망으로 읽어요.",
    "Many printed pages in English, Chinese or Korean where time counts more than the last letter.":
      "마지막 한 글자보다 시간이 중요한, 영어, 중국어, 한국어 인쇄물 여러 장.",
    "Knows no Japanese. Photos of real pages were not measured.":
      "일본어는 읽지 못해요. 실제 종이를 찍은 사진으로는 재지 않았어요.",
    "Characters wrong, in order, on 110 generated pages of ten lines, in every layout, at 16 to 32 pixels, clean, noisy, tilted and turned: 0.0 % in English and Chinese, the worst page 0.7 %; 0.3 % in Korean, the worst 2.0 %; 0.4 % in Korean with English, but for one page in narrow columns that is read across. Receipts: 0.5 % in English, 1.5 % in Korean, 986 of 990 amounts right beside their item.":
      "열 줄짜리 생성 페이지 110장(갖가지 배치, 16~32픽셀, 깨끗하거나 잡음이 있거나 기울거나 돌아간 것)에서 순서까지 따져 틀린 글자: 영어와 중국어 0.0%, 가장 나쁜 페이지 0.7%. 한국어 0.3%, 가장 나쁜 페이지 2.0%. 영어가 섞인 한국어 0.4%인데, 단 사이가 좁은 한 장은 가로질러 읽었어요. 영수증: 영어 0.5%, 한국어 1.5%, 금액 990개 중 986개가 품목과 함께 맞았어요.",
    "A page of ten lines takes 0.2 to 0.4 s of one core, in Korean 0.9 s.": "열 줄짜리 한 쪽에 코어 하나로 0.2~0.4초, 한국어는 0.9초.",
    "About 400 MiB.": "약 400MiB.",
  }],
  [["ocr-korean"], {
    "Read Korean": "한국어 읽기",
    "Reads the printed text of a photo, line by line, in Korean and English.":
      "사진 속 인쇄된 한국어와 영어를 한 줄씩 읽어요.",
    "Printed pages in Korean, with English words among them.": "영어 단어가 섞인 한국어 인쇄물.",
    "Print only: no handwriting. No Chinese or Japanese beyond the signs that Korean print uses.":
      "인쇄체만 읽고 손글씨는 읽지 못해요. 한국어 인쇄물에 쓰이는 것 말고는 한자와 일본어를 읽지 못해요.",
    "88 % of lines right on its authors' own set; not measured here. The file was not at hand: its code was tried with stand-ins of its shape only.":
      "만든 이들의 시험에서 줄의 88%가 맞았어요. 여기서는 재지 않았어요. 파일이 없어서 같은 모양의 대역으로만 코드를 시험했어요.",
    "Not measured here; the network is as large as that of ocr, which takes 1 to 1.5 s of one core for a page of ten lines.":
      "여기서는 재지 않았어요. 신경망 크기는 ‘글자 읽기’와 같고, 그 모델은 열 줄짜리 한 쪽에 코어 하나로 1~1.5초가 걸려요.",
    "Not measured here; ocr takes 450 MiB.": "여기서는 재지 않았어요. ‘글자 읽기’는 450MiB를 써요.",
  }],
  [["ocr", "ocr-fast", "ocr-korean"], {
    "text-recognition": "글자 인식",
  }],
  [["ocr-fast", "ocr-korean"], {
    "printed": "인쇄체",
  }],
  [["background-removal"], {
    "Remove the background": "배경 지우기",
    "Hair and fur come out soft and in part; glass is not see-through. Where several things could be meant it may choose another one than you: say where it is with a rectangle. In noise, text and patterns it may find a subject that is none.":
      "머리카락과 털은 일부만 부드럽게 남고, 유리는 비쳐 보이지 않아요. 대상일 수 있는 것이 여럿이면 다른 것을 고를 수 있으니 사각형으로 알려 주세요. 잡음, 글자, 무늬에서 대상이 아닌 것을 찾을 수 있어요.",
    "Mean overlap (IoU) with outlines drawn by hand on fourteen photos: 0.98, the worst 0.95 (a cat's head, near), also 0.98 on the seven that no threshold was chosen on; F-measure of edges within 3 pixels: 0.87.":
      "사진 14장에 손으로 그린 윤곽과 겹치는 정도(IoU): 평균 0.98, 가장 나쁜 것 0.95(가까이 찍은 고양이 머리). 기준값을 고르는 데 쓰지 않은 7장에서도 0.98. 가장자리 3픽셀 이내 F값: 0.87.",
    "1.3 s of one core for 512 × 512 pixels, 3.3 s for 12 megapixels, decoding and encoding included.":
      "512 × 512픽셀에 코어 하나로 1.3초, 1,200만 화소에 3.3초. 읽고 저장하는 시간 포함.",
    "About 500 MiB, of which 290 MiB are kept for the next photo; 430 MiB for 12 megapixels.":
      "약 500MiB이고, 그중 290MiB는 다음 사진을 위해 남겨 두어요. 1,200만 화소에 430MiB.",
    "Left": "왼쪽",
    "Top": "위",
    "Width": "너비",
    "Height": "높이",
    "Iterations": "반복 횟수",
    "How many times GrabCut improves its cut.": "GrabCut이 잘라 낸 모양을 다듬는 횟수.",
    "Subject": "대상",
    "Where the subject is: left, top, width and height in pixels of the upright image. By default all but a margin of 5 %.":
      "대상이 있는 곳: 바로 세운 사진에서 왼쪽, 위, 너비, 높이(픽셀). 비워 두면 가장자리 5%를 뺀 전체.",
  }],
  [["background-removal-isnet"], {
    "Remove the background, finer": "배경 더 곱게 지우기",
    "For use that earns no money only. Slower and larger than background-removal; hair and fur come out soft and in part.":
      "돈을 벌지 않는 용도로만 쓸 수 있어요. ‘배경 지우기’보다 느리고 커요. 머리카락과 털은 일부만 부드럽게 남아요.",
    "Not measured here. The file was not at hand: its code was tried with a stand-in of its shape only.":
      "여기서는 재지 않았어요. 파일이 없어서 같은 모양의 대역으로만 코드를 시험했어요.",
    "Not measured here; several times that of background-removal.":
      "여기서는 재지 않았어요. ‘배경 지우기’의 몇 배예요.",
    "Not measured here; its weights alone are 179 MB.":
      "여기서는 재지 않았어요. 가중치만 179MB예요.",
  }],
  [["background-removal", "background-removal-isnet"], {
    "Cuts out the main subject of a photo; everything around it becomes transparent.":
      "사진의 주요 대상을 오려 내요. 그 둘레는 모두 투명해져요.",
    "background-removal": "배경 지우기",
    "Photos of one thing, animal or person, or of several close together, at any size; people may be cut off by the edges.":
      "물건, 동물, 사람 하나 또는 가까이 모인 여럿을 찍은 사진, 크기는 상관없어요. 사람이 가장자리에서 잘려 있어도 괜찮아요.",
    "Background": "배경",
    "What comes in its place: transparent, blur, or a color such as #ffffff.":
      "대신 들어갈 것: transparent(투명), blur(흐리게) 또는 #ffffff 같은 색.",
    "Result": "결과",
    "The subject cut out, or its mask: white where it is, black around it.":
      "오려 낸 대상, 또는 마스크: 대상은 희고 둘레는 검어요.",
    "cutout": "오려 낸 대상",
    "mask": "마스크",
    "Crop to the subject": "대상에 맞춰 자르기",
    "File format": "파일 형식",
    "PNG keeps every pixel, WebP is much smaller.": "PNG는 모든 픽셀을 그대로 두고, WebP는 훨씬 작아요.",
    "Where the subject is": "대상이 있는 곳",
    "If another thing was found: left, top, width and height in pixels of the upright photo.":
      "다른 것을 찾았을 때: 바로 세운 사진에서 왼쪽, 위, 너비, 높이(픽셀).",
  }],
  [["style-transfer"], {
    "Paint in a style": "화풍으로 그리기",
    "Paints a photo in the style of a preset, or of another photo or painting of yours.":
      "준비된 화풍이나 내 다른 사진, 그림의 화풍으로 사진을 그려요.",
    "Photos painted like a preset or like a picture of one's own.":
      "준비된 화풍이나 내 그림처럼 그린 사진.",
    "It carries over colors and strokes, not the shapes that a painter would choose; faces are not kept alike.":
      "색과 붓질은 옮기지만 화가가 고를 형태까지 옮기지는 못해요. 얼굴이 닮게 남지 않아요.",
    "In a network that it does not use, paintings come to 0.64 of the distance from the style that is left where colors alone are moved (0.53 to 0.82 by style; 44 paintings of four photos).":
      "이 모델이 쓰지 않는 신경망에서 보면, 색만 옮겼을 때 화풍까지 남는 거리의 0.64까지 가까워져요(화풍에 따라 0.53~0.82, 사진 4장의 그림 44점).",
    "0.2 s of one core for 512 × 512 pixels, 2 s for 12 megapixels with reading and writing.":
      "512 × 512픽셀에 코어 하나로 0.2초, 1,200만 화소에 읽기와 쓰기를 포함해 2초.",
    "About 470 MiB for 12 megapixels.": "1,200만 화소에 약 470MiB.",
    "Style": "화풍",
    "What it is painted like.": "무엇처럼 그릴지.",
    "stained-glass": "스테인드글라스",
    "ink": "수묵화",
    "charcoal": "목탄화",
    "woodblock": "목판화",
    "cubism": "입체주의",
    "water-lilies": "수련",
    "starry-night": "별이 빛나는 밤",
    "mosaic": "모자이크",
    "tiles": "타일",
    "pop-art": "팝 아트",
    "paper-cut": "종이 오리기",
    "Your own style": "내 화풍",
    "Another image of yours, by its id: it is painted like that one, and Style does not count.":
      "내 다른 사진 가운데 하나. 그 사진처럼 그리고, ‘화풍’은 쓰지 않아요.",
    "How much of the style: at 0 the photo is painted in its own.":
      "화풍의 세기. 0이면 사진 자체의 화풍으로 그려요.",
  }],
  [["style-adain"], {
    "Paint like an artist": "화가처럼 그리기",
    "Paints a photo with the decoder of an artist, like a picture of theirs or of yours.":
      "한 화가의 디코더로, 그 화가의 그림이나 내 그림처럼 사진을 그려요.",
    "Photos painted by a decoder that was trained for an artist, like a picture of theirs or one of your own.":
      "한 화가에 맞춰 학습한 디코더가 그 화가의 그림이나 내 그림처럼 그린 사진.",
    "It brings no weights: your operator puts the encoder and an artist's decoder into its folder. How it looks depends on the decoder.":
      "가중치가 들어 있지 않아요. 운영자가 인코더와 화가의 디코더를 폴더에 넣어야 해요. 어떻게 보일지는 디코더에 달려 있어요.",
    "Its arithmetic agrees with an independent reference to 0.0001 on seeded weights; how paintings look was not measured, since no published weights may be shipped.":
      "정해진 난수 가중치로 계산이 독립된 기준 구현과 0.0001까지 일치해요. 공개된 가중치를 함께 제공할 수 없어서 그림의 모습은 재지 않았어요.",
    "Artist": "화가",
    "Whose decoder paints.": "누구의 디코더로 그릴지.",
    "Picture to paint like": "따라 그릴 그림",
    "Another image of yours, by its id. Without it an artist's own picture counts, where there is one.":
      "내 다른 사진 가운데 하나. 고르지 않으면 화가의 그림이 있을 때 그것을 써요.",
    "How much of the style: at 0 nothing but the decoder changes the photo.":
      "화풍의 세기. 0이면 디코더만 사진을 바꿔요.",
  }],
  [["style-transfer", "style-adain"], {
    "style-transfer": "화풍 옮기기",
    "Strength": "세기",
    "Fineness": "세밀함",
    "The longest side, in pixels, at which it is painted: the larger, the finer the strokes.":
      "그릴 때 가장 긴 변의 픽셀 수. 클수록 붓질이 세밀해요.",
    "Keep the photo's colors": "사진의 색 유지",
    "Paints brightness only, and leaves colors as they are in the photo.":
      "밝기만 그리고 색은 사진 그대로 두어요.",
  }],
  [["digits"], {
    "Read a digit": "숫자 읽기",
    "Tells which handwritten digit a photo shows: one digit, dark on light or light on dark.":
      "사진 속 손으로 쓴 숫자 하나가 무엇인지 알려 줘요. 밝은 바탕에 어두운 숫자든 그 반대든 괜찮아요.",
    "One handwritten digit from 0 to 9, dark on light or light on dark, anywhere in the photo and from an eighth of its height up.":
      "손으로 쓴 0부터 9까지의 숫자 하나. 밝은 바탕에 어두운 숫자든 그 반대든, 사진 어디에 있든, 사진 높이의 8분의 1 이상이면 돼요.",
    "One digit alone: a number of several, letters and photos of anything else are read as some digit. The digits that it has learned from are those of 13 people; forms that they do not use, such as a 7 without a bar, were drawn by this project. In pencil one of ten is read wrong with the edge of a shadow across the paper, and one of three in a dark photo.":
      "숫자 하나만 읽어요. 여러 자리 수, 글자, 다른 사진도 어떤 숫자로 읽어 버려요. 13명이 쓴 숫자로 배웠고, 그들이 쓰지 않는 모양(가로줄 없는 7 등)은 이 프로젝트가 그렸어요. 연필로 쓴 숫자는 종이에 그림자 경계가 지나가면 열에 하나, 어두운 사진이면 셋에 하나를 틀려요.",
    "99.7 % of 359 digits that it has not seen (every fifth of the 1,797), and 93.5 % of random photos made of these, small, dim, noisy and shaded ones included. Of 100 photos of drawn digits on paper all are right, dark on light and light on dark, and 199 of 200 with the edge of a shadow across the paper.":
      "본 적 없는 숫자 359개(1,797개에서 다섯 번째마다)의 99.7%, 작거나 어둡거나 잡음이나 그림자가 있는 것을 포함해 그것으로 만든 무작위 사진의 93.5%. 종이에 그린 숫자 사진 100장은 밝은 바탕이든 어두운 바탕이든 모두 맞았고, 그림자 경계가 지나가는 200장 중 199장이 맞았어요.",
    "About 0.01 s of one core, and for version 1 as much.": "코어 하나로 약 0.01초. 버전 1도 같아요.",
    "About 90 MiB; version 1, in PyTorch, 270 MiB.": "약 90MiB. PyTorch를 쓰는 버전 1은 270MiB.",
  }],
  [["classify"], {
    "Name what is shown": "무엇인지 알아보기",
    "Names what a photo shows, with the five most likely of 1,000 names.":
      "사진에 무엇이 있는지, 1,000가지 이름 가운데 가장 그럴듯한 다섯 개를 알려 줘요.",
    "Sorting photos of single things: animals, plants, food, vehicles, household and other things.":
      "동물, 식물, 음식, 탈것, 살림 도구 등 한 가지를 찍은 사진 나누기.",
    "One of ImageNet's 1,000 names is given to everything. People, text, drawings and whole scenes have none: a portrait is named after what is worn or held.":
      "무엇이든 ImageNet의 1,000가지 이름 가운데 하나가 붙어요. 사람, 글자, 그림, 풍경 전체를 부르는 이름은 없어서, 인물 사진에는 입거나 든 것의 이름이 붙어요.",
    "Its authors tell 75.1 % of ImageNet's validation photos right. Of 14 photos, for which the names that a person would accept were written down before, 13 get one of them first, and all get one among five.":
      "만든 이들에 따르면 ImageNet 검증 사진의 75.1%를 맞혀요. 받아들일 만한 이름을 미리 적어 둔 사진 14장 가운데 13장은 그 이름이 맨 처음에, 14장 모두 다섯 이름 안에 있었어요.",
  }],
  [["moderation"], {
    "Moderation": "유해 사진 확인",
    "How likely a photo is sexually explicit. Between 0.2 and 0.8 a person should look; drawings and violence are not judged.":
      "사진이 선정적일 가능성을 알려 줘요. 0.2와 0.8 사이는 사람이 봐야 해요. 그림과 폭력은 판단하지 않아요.",
    "moderation": "유해 사진 확인",
    "Finding photos that a person should look at before others see them.":
      "다른 사람이 보기 전에 사람이 먼저 봐야 할 사진 찾기.",
    "It tells sexually explicit photos from others and nothing else: below 0.2 they are almost surely not, above 0.8 almost surely, and in between a person must look. It does not judge drawings or violence.":
      "선정적인 사진인지만 구별해요. 0.2 아래는 거의 확실히 아니고, 0.8 위는 거의 확실하며, 그 사이는 사람이 봐야 해요. 그림이나 폭력은 판단하지 않아요.",
    "Of 18 harmless photos, four of people, none has a score above 0.02; explicit ones were not measured. The score differs by a few hundredths from the original's, which was trained on photos that had been saved as JPEG once more.":
      "인물 사진 4장을 포함한 무해한 사진 18장의 점수는 모두 0.02를 넘지 않았어요. 선정적인 사진으로는 재지 않았어요. JPEG로 한 번 더 저장한 사진으로 학습한 원래 모델과 점수가 백분의 몇 정도 달라요.",
  }],
  [["classify", "digits"], {
    "classification": "분류",
  }],
  [["classify", "moderation"], {
    "About 0.03 s of one core.": "코어 하나로 약 0.03초.",
    "About 150 MiB.": "약 150MiB.",
  }],
  [["page-orientation"], {
    "Which way up a page lies": "페이지 방향 알아보기",
    "By how many degrees a page of text is turned clockwise: 0, 90, 180 or 270.":
      "글자가 있는 페이지가 시계 방향으로 몇 도 돌아가 있는지: 0, 90, 180, 270.",
    "orientation": "방향",
    "Pages with several lines of text: by how many degrees they are turned clockwise.":
      "글자가 여러 줄 있는 페이지가 시계 방향으로 몇 도 돌아가 있는지.",
    "In steps of 90 degrees. It is wrong about one Korean page in six, with scores of up to 0.9; ocr reads such pages both ways instead. It says something of pictures without text too, which means nothing.":
      "90도 단위로만 알려 줘요. 한국어 페이지는 여섯 장에 한 장꼴로 틀리고, 그때도 점수가 0.9까지 나와요. ‘글자 읽기’는 이런 페이지를 양쪽으로 읽어 봐요. 글자가 없는 사진에도 답하지만 의미가 없어요.",
    "335 of 350 generated pages of three and more lines right, in every layout, clean, noisy and tilted: all 214 in English, Japanese and Chinese, 64 of 78 in Korean, 57 of 58 in Korean with English.":
      "깨끗하거나 잡음이 있거나 기울어진, 세 줄 이상의 갖가지 생성 페이지 350장 가운데 335장이 맞았어요. 영어, 일본어, 중국어는 214장 모두, 한국어는 78장 중 64장, 영어가 섞인 한국어는 58장 중 57장.",
    "0.04 s of one core.": "코어 하나로 0.04초.",
    "About 105 MiB.": "약 105MiB.",
  }],
  [["upscale"], {
    "Enlarge, crisp": "또렷하게 확대",
    "Enlarges a picture two or four times: text and drawings come out crisp, photos smooth, as if painted. Results have at most 16 megapixels.":
      "그림을 두 배나 네 배로 확대해요. 글자와 그림은 또렷해지고, 사진은 그린 듯 매끈해져요. 결과는 1,600만 화소까지예요.",
    "Small pictures of text, drawings and screens, enlarged two or four times.":
      "글자, 그림, 화면의 작은 사진을 두 배나 네 배로 확대하기.",
    "Text, drawings and hard edges come out crisp and without the noise of JPEG; in photos skin and grain become smooth, as if painted. Results have at most 16 megapixels.":
      "글자, 그림, 뚜렷한 경계는 JPEG 잡음 없이 또렷해지고, 사진에서는 피부와 입자가 그린 듯 매끈해져요. 결과는 1,600만 화소까지예요.",
    "Halved and enlarged again, a page of text is 5.9 dB nearer to the original than by plain (Lanczos) enlarging and a photo of a page 0.8 dB; four photos are 0.3 to 2.7 dB farther from it.":
      "반으로 줄였다가 다시 확대하면 보통 확대(Lanczos)보다 글자 페이지는 5.9dB, 페이지를 찍은 사진은 0.8dB 원본에 더 가깝고, 다른 사진 4장은 0.3~2.7dB 더 멀어요.",
    "8 to 11 s of one core for each megapixel that goes in.": "넣는 백만 화소마다 코어 하나로 8~11초.",
  }],
  [["upscale-esrgan-slim"], {
    "Enlarge, gently": "부드럽게 확대",
    "Enlarges a photo two or four times and keeps its look. Results have at most 16 megapixels.":
      "사진의 느낌을 살려 두 배나 네 배로 확대해요. 결과는 1,600만 화소까지예요.",
    "Photos enlarged two or four times with their own look.": "사진을 그 느낌 그대로 두 배나 네 배로 확대하기.",
    "Not sharper than plain enlarging. Results have at most 16 megapixels.":
      "보통 확대보다 선명하지 않아요. 결과는 1,600만 화소까지예요.",
    "Halved and enlarged again, six pictures are 0.2 to 1.2 dB farther from the original than by plain (Lanczos) enlarging.":
      "반으로 줄였다가 다시 확대하면 그림 6장이 보통 확대(Lanczos)보다 원본에서 0.2~1.2dB 더 멀어요.",
    "2.5 to 4 s of one core for each megapixel that goes in, five times that for four times.":
      "넣는 백만 화소마다 코어 하나로 2.5~4초, 네 배 확대는 그 다섯 배.",
  }],
  [["upscale", "upscale-esrgan-slim"], {
    "upscaling": "확대",
    "Times": "배율",
    "How many times as wide and high the result is.": "결과의 너비와 높이가 몇 배인지.",
    "About 300 MiB.": "약 300MiB.",
  }],
];
