/** A picture of a QR code for the world in memory (base64 PNG); bytes after its end do not show and tell cards apart. */
const QR_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAASYAAAEmCAAAAADqr2IGAAADoUlEQVR42u3WQQ7bMAwEwPz/0+kDAm2XclIU0vAU2LLIHR2U11sV9UKACRMmTJgwKUyYMGHChAmTwoQJEyZMmDApTJj+CdOrrs+v8pPcq/lq9XY1214WTJgwYcJ0A1MTLwf+XLmH2xN8KwsmTJgwYbqHKY+4WvPdvxHNPqujmmbBhAkTJkyYVmvybqsdcuwnEJgwYcKECdN3mfIl3XTJuE/WYMKECRMmTE2wJmQ/Sh++eTs9pH4NJkyYMGE6lamphux/+N1nwYQJEyZMNzBNK7esRhnGyLt9tzBhwoQJ03lM/YX6nG8Ve++C/+78mDBhwoTpbKZVswa336fvkr/tcfOemDBhwoTpBqZpyz3WKW4TuF/TFyZMmDBhOo+p3+71Uc3KhqkhWFE+z4UJEyZMmM5maoL94i9Cjt3Ms9q/gcaECRMmTPcwNR/vUTY75EjNYTT0PRYmTJgwYTqPKbfpR8+R+iPpOfbWYMKECROmO5kyR4OSf/eDNhB7TM1RYcKECROmG5jyWNOr9y9jFcfz/KgGx4MJEyZMmA5lamrVvn/SRO0D91h5HkyYMGHCdANT3mI1VhOg/7afpH/evMWECRMmTGcz9Vdyz9oQTOn7madZMGHChAnTbUw5Uj9K3i2z5jV5fTM5JkyYMGG6hynHa756Eq/vmHfI8/S9MGHChAnTeUyrZnmgvW+bt03I3HeaAhMmTJgwnc3UtMnrm5U53i8gml6YMGHChOkeplWkJ5d6g5gpVzvnNdOjwoQJEyZMZzP1LfMQ/Z57YaZAzRFiwoQJE6abmfKaaeBmfd5nb2ZMmDBhwoSpiTcduhkoh/zFSkyYMGHChGkaewrXj5u/7Xfue2HChAkTplOZVkPkoXP7/DzH7nv1QIODwYQJEyZMVzLtofQ7TKd6xep3xoQJEyZMdzLlC7i/dJvnGaX5K9BzfPkPASZMmDBhOoJpStMPtJqk2b//arwbJkyYMGE6jmkvTPN2Spxj7D2fHiEmTJgwYTqP6fXgEs0ET4b+3Lk/huaQMGHChAnTbUzvWJljStDDTY/qyXNMmDBhwnQD02qs6Zr8JAfIB/AaVtMXEyZMmDBh2vud4foYPVaTKGNhwoQJEyZM0/Crr5oZmo7NJH1hwoQJE6azmfbWPLmMc+Dm2xVr3wsTJkyYMN3A1NQUYu8iz09WBM2BvYvChAkTJkznMSlMmDBhwoQJk8KECRMmTJgwKUyYMGHChAmTwoTpZ/UHhua6MBVwPE8AAAAASUVORK5CYII=';

export const qrPicture = (n = 0): string => btoa(atob(QR_PNG) + String.fromCharCode(n % 256, n >> 8));

/** The number that {@link qrPicture} was made with; undefined for any other picture. */
export function pictureNumber(base64: string): number | undefined {
  try {
    const bytes = atob(base64);
    const own = atob(QR_PNG);
    if (!bytes.startsWith(own) || bytes.length !== own.length + 2) return undefined;
    return bytes.charCodeAt(own.length) | (bytes.charCodeAt(own.length + 1) << 8);
  } catch {
    return undefined;
  }
}
