"""Articles written for these tests."""

BRIDGE = """Sáng thứ Hai, thành phố khánh thành cây cầu mới bắc qua sông Lam sau bốn năm thi công.
Cây cầu dài 1.250 m, rộng 22 m, nối phường Bến Đò với khu công nghiệp phía bắc.
Chủ tịch thành phố cho biết công trình giúp rút ngắn quãng đường đi làm của hàng nghìn công nhân.
Trước đây người dân phải đi phà, những ngày mưa lũ nhiều chuyến bị hủy và học sinh phải nghỉ học.
Chủ đầu tư nói tổng chi phí thấp hơn dự toán nhờ tận dụng được vật liệu tại chỗ.
Một số hộ dân ở đầu cầu phía nam vẫn đang chờ nhận tiền đền bù đất đai.
Đại diện nhà thầu cam kết hoàn thiện đường dẫn và hệ thống chiếu sáng trước mùa mưa năm sau.
Trong buổi lễ, hàng trăm người dân đã đi bộ qua cầu và chụp ảnh lưu niệm bên dòng sông."""

FLOOD = """Mưa lớn suốt đêm khiến nhiều bản làng ở huyện miền núi bị cô lập hoàn toàn.
Lực lượng cứu hộ dùng xuồng máy đưa người già và trẻ nhỏ tới nhà văn hóa xã để tránh lũ.
Trưởng bản kể rằng nước dâng nhanh tới mức không ai kịp mang theo lương thực.
Điện bị cắt từ nửa đêm, sóng điện thoại chập chờn nên việc liên lạc rất khó khăn.
Chính quyền đã chuẩn bị mì gói, nước uống và thuốc men cho khoảng ba trăm hộ.
Theo cơ quan khí tượng, mưa sẽ giảm dần từ chiều mai nhưng nguy cơ sạt lở còn cao."""

SCHOOL = """Một nhóm học sinh lớp mười một ở thị trấn ven biển chế tạo máy lọc nước chạy bằng
pin mặt trời.
Thiết bị nặng chừng bảy ký, có thể tháo rời và mang lên tàu cá trong những chuyến đi dài ngày.
Thầy giáo hướng dẫn nói các em mất gần một năm để thử hàng chục loại màng lọc khác nhau.
Nguyên liệu chủ yếu là đồ tái chế, chi phí vì thế rẻ hơn nhiều so với máy bán ngoài cửa hàng.
Ngư dân dùng thử nhận xét nước có vị dịu, đủ nấu ăn cho cả tổ thuyền viên."""

LAW = """Theo quy định hiện hành, người điều khiển phương tiện có nồng độ cồn vượt mức cho
phép bị phạt
tiền và tước giấy phép lái xe trong thời hạn được nêu tại nghị định. Trường hợp gây tai nạn
nghiêm trọng,
người vi phạm có thể bị truy cứu trách nhiệm hình sự theo bộ luật đang có hiệu lực, đồng thời
phải bồi thường
toàn bộ thiệt hại về tài sản và sức khỏe cho nạn nhân."""


def lottery(day, numbers):
    return (
        f"Kết quả mở thưởng ngày {day} của công ty xổ số tỉnh được công bố lúc "
        f"16h30 tại hội trường. "
        f"Giải đặc biệt thuộc về vé mang số {numbers[0]}, giải nhất là {numbers[1]}. "
        f"Giải nhì gồm {numbers[2]} và {numbers[3]}, giải ba gồm {numbers[4]}, "
        f"{numbers[5]} và {numbers[6]}. "
        f"Người trúng thưởng liên hệ đại lý trong vòng ba mươi ngày, mang theo "
        f"giấy tờ tùy thân và vé còn "
        f"nguyên vẹn. Kỳ quay trước có {numbers[7]} vé trúng với tổng tiền {numbers[8]} đồng."
    )


def gold(day, prices, mood):
    return (
        f"Giá vàng hôm nay {day} {mood}. Tại thời điểm mở cửa, giá vàng miếng "
        f"được niêm yết ở mức "
        f"{prices[0]} đồng mỗi lượng chiều mua vào và {prices[1]} đồng chiều "
        f"bán ra. Vàng nhẫn giao dịch quanh "
        f"mức {prices[2]} đồng. Trên thị trường thế giới, giá giao ngay đứng ở "
        f"{prices[3]} USD một ounce, so với "
        f"{prices[4]} USD của phiên trước. Quy đổi theo tỷ giá ngân hàng, giá "
        f"trong nước cao hơn thế giới khoảng "
        f"{prices[5]} đồng mỗi lượng."
    )
