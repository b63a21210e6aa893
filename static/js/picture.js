/** Make a photo small enough for a phone's connection. The server takes what it gets for nothing but pixels anyway. */

const AS_IT_IS = 1000000 // bytes that need no making smaller
const SIDE = 2048 // what the server keeps on the longer side
const QUALITY = 0.85

/** Return the photo, made smaller when it is large; what the browser cannot open stays as it is, for the server to judge. */
export async function shrink(file) {
  if (file.size <= AS_IT_IS) return file
  const url = URL.createObjectURL(file)
  try {
    const image = await opened(url)
    const canvas = document.createElement('canvas')
    const [width, height] = fitted(image.naturalWidth, image.naturalHeight)
    canvas.width = width
    canvas.height = height
    canvas.getContext('2d').drawImage(image, 0, 0, width, height) // turned upright by the browser
    const made = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
    return made && made.size < file.size ? made : file
  } catch (error) {
    if (error instanceof Event) return file // the image did not open
    throw error
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Return width and height with the longer one at most what the server keeps. */
export function fitted(width, height) {
  const scale = Math.min(1, SIDE / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

function opened(url) {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = reject
    image.src = url
  })
}
